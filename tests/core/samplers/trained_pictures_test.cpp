// Trained samplers on states that are pictures, with a U-Net for a policy: the exact answer is that of a Gaussian prior
// of pictures, which a TorchScript file is the optimal denoiser of.
#include "core/oracles.h"

#include "support/settings.h"
#include "support/training.h"

#include <torch/script.h>

#include <filesystem>

namespace drift {
namespace {

using test::refusal;

constexpr int64_t side = 8;
constexpr int64_t pixels = side * side;

class TrainedPictures : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& forward) const {
        torch::jit::Module module("net");
        module.define("def forward(self, " + forward);
        module.save((folder_ / "net.pt").string());
    }

    /// Two sums of pixels of N(0, .4 I), with the prior in the form that is asked for.
    Scenario scenario(const std::string& prior) const {
        write("x, noise):\n    return x * (0.4 / (0.4 + noise * noise)).reshape(-1, 1, 1, 1)\n");
        Scenario result = test::scenario(prior, "linear_gaussian", "rtb");
        result.folder = folder_.string();
        if (prior == "torchscript") {
            result.prior.params.set("file", std::string("net.pt"));
            result.prior.params.set("shape", Array{{3}, {1, side, side}});
            result.prior.params.set("data_variance", 0.4);
            result.sampler.params.set("policy", std::string("unet"));
        } else {
            result.prior.params.set("mean", test::vector(std::vector<double>(pixels, 0)));
            result.prior.params.set("covariance", Array{{}, {0.4}});
        }
        Array matrix{{2, pixels}, std::vector<double>(2 * pixels, 0.125)};
        for (size_t i = 0; i < pixels / 2; ++i) {
            matrix.data[pixels + i] = -0.125;
        }
        result.condition.params.set("matrix", matrix);
        result.condition.params.set("observation", test::vector({0.6, -1}));
        result.condition.params.set("noise", 0.6);
        result.schedule.params.set("steps", int64_t{10});
        result.particles = 1000;
        test::set_values(result,
                         {{"sampler.unet_width", "16"}, {"sampler.unet_deep_width", "16"}, {"sampler.batch", "32"}});
        return result;
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_pictures_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(TrainedPictures, LearnAMeasurementByRelativeTrajectoryBalance) {
    Scenario pictures = scenario("torchscript");
    set_value(pictures, "sampler.iterations", "100");
    set_value(pictures, "sampler.report_every", "100");
    set_value(pictures, "sampler.learning_rate", "0.004");
    const Summary summary = test::finished(pictures, Precision::Float32).summary();
    const Task exact = test::task(scenario("gaussian"));
    const auto of_steps = discretised_log_z(exact.problem, exact.schedule, std::vector<double>(10, 1.0));
    ASSERT_TRUE(of_steps);
    EXPECT_NEAR(summary.log_z, *of_steps, 0.05) << "two and a half standard errors of 1000 samples at three quarters";
    EXPECT_GT(summary.ess, 0.6 * 1000);
    EXPECT_LT(summary.log_z_lower, *of_steps + 0.03);
}

/// A training of a moment.
Scenario momentary(Scenario scenario) {
    test::set_values(scenario, {{"sampler.iterations", "4"},
                                {"sampler.report_every", "2"},
                                {"sampler.batch", "8"},
                                {"schedule.steps", "4"},
                                {"particles", "20"}});
    return scenario;
}

TEST_F(TrainedPictures, SampleTheSameFromWeightsAndAfterACheckpoint) {
    Scenario pictures = momentary(scenario("torchscript"));
    const drift::Run whole = test::finished(pictures, Precision::Float32);
    whole.save_training((folder_ / "w").string());
    Scenario given = pictures;
    given.sampler.params.set("weights", std::string("w"));
    EXPECT_EQ(test::finished(given, Precision::Float32).samples().values, whole.samples().values);
    given.sampler.params.set("policy", std::string("mlp"));
    EXPECT_NE(refusal(given).find("'sampler.policy' is unet there and mlp here"), std::string::npos) << refusal(given);
    pictures.sampler.params.set("checkpoint", std::string("c"));
    {
        drift::Run killed(pictures, {Device::Cpu, Precision::Float32, false});
        killed.advance();
        killed.advance();
    }
    EXPECT_TRUE(std::filesystem::exists(folder_ / "c"));
    EXPECT_EQ(test::finished(pictures, Precision::Float32).samples().values, whole.samples().values);
}

TEST_F(TrainedPictures, LearnWhichNoiseToFeedADecoder) {
    Scenario pictures = momentary(scenario("torchscript"));
    write("z):\n    return z * 0.6\n");
    pictures.prior.params.set("role", std::string("decoder"));
    pictures.prior.params.set("latent", Array{{3}, {1, side, side}});
    pictures.sampler = default_choice(Kind::Sampler, "outsourced");
    test::set_values(pictures, {{"sampler.space", "noise"},
                                {"sampler.policy", "unet"},
                                {"sampler.iterations", "3"},
                                {"sampler.batch", "8"},
                                {"sampler.steps", "4"},
                                {"sampler.langevin", "true"}});
    EXPECT_TRUE(std::isfinite(test::finished(pictures, Precision::Float32).summary().log_z));
    set_value(pictures, "sampler.amortised", "true");
    EXPECT_EQ(
        refusal(pictures),
        "'sampler.amortised' is on, but the policy unet has no place for an observation: switch it off, or choose "
        "the policy mlp");
}

TEST_F(TrainedPictures, AreAskedFor) {
    Scenario points = scenario("gaussian");
    points.sampler.params.set("policy", std::string("unet"));
    EXPECT_EQ(refusal(points),
              "'sampler.policy' is unet, but a state of this problem has the shape [64]; accepted is [channels, side, "
              "side] with a side that is a multiple of 4: choose mlp");
    Scenario pictures = scenario("torchscript");
    set_value(pictures, "sampler.unet_width", "20");
    EXPECT_EQ(refusal(pictures), "'sampler.unet_width' is 20, but must be a multiple of 8");
    pictures.prior.params.set("shape", Array{{3}, {1, 4, 16}});
    EXPECT_NE(refusal(pictures).find("[1, 4, 16]"), std::string::npos) << refusal(pictures);
}

}  // namespace
}  // namespace drift
