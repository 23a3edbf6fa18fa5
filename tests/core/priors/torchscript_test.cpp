// A prior out of a TorchScript file: the optimal network of a Gaussian prior N(0, V), in every form that is accepted.
#include "core/decoder.h"
#include "core/guided.h"
#include "core/io/files.h"
#include "core/oracles.h"
#include "core/problem.h"

#include "support/problems.h"

#include <torch/script.h>

#include <cmath>
#include <filesystem>
#include <numbers>

namespace drift {
namespace {

constexpr double spread = 0.4;  // V

class TorchScriptFiles : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// Writes a module with this forward() and, for networks that know steps in place of noise levels, their abar.
    void write(const std::string& forward, const std::vector<double>& abar = {1}) const {
        torch::jit::Module module("net");
        module.register_buffer("abar", torch::tensor(abar, torch::kFloat32));
        module.define(forward);
        module.save(path());
    }
    std::string path() const { return (folder_ / "net.pt").string(); }

    std::shared_ptr<const Prior> prior(const std::vector<std::pair<std::string, Value>>& values = {}) const {
        Choice choice = default_choice(Kind::Prior, "torchscript");
        choice.params.set("file", std::string("net.pt"));
        choice.params.set("shape", Array{{3}, {1, 2, 3}});
        for (const auto& [key, value] : values) {
            choice.params.set(key, value);
        }
        return make<Prior>(choice, MakeContext{torch::kFloat32, folder_.string(), 1});
    }

    /// The sentence with which the file is refused.
    std::string refusal(const std::vector<std::pair<std::string, Value>>& values = {}) const {
        try {
            prior(values);
            return "";
        } catch (const UserError& error) {
            return error.what();
        }
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_torchscript_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

/// abar of the steps of training.
std::vector<double> abar_of(const std::string& schedule, int64_t levels) {
    std::vector<double> all;
    double product = 1;
    const auto t_max = static_cast<double>(levels);
    const auto cosine = [t_max](double t) {
        return std::pow(std::cos((t / t_max + 0.008) / 1.008 * std::numbers::pi / 2), 2);
    };
    for (int64_t t = 0; t < levels; ++t) {
        const auto step = static_cast<double>(t);
        product *= 1 - (1e-4 + (0.02 - 1e-4) * step / (t_max - 1));
        all.push_back(schedule == "ddpm" ? product : std::max(cosine(step + 1) / cosine(0), 1e-10));
    }
    return all;
}

/// D = V / (V + sigma^2) x, and the same factor pulls back.
void expect_gaussian(const Prior& prior, double sigma) {
    const double factor = spread / (spread + sigma * sigma);
    const torch::Tensor x = torch::sin(torch::arange(19 * 6, torch::kFloat32)).view({19, 1, 2, 3}) * (1 + sigma);
    const torch::Tensor w = torch::cos(x);
    const double tolerance = 2e-4 * (1 + factor * sigma);  // float32, amplified by 1 / sqrt(abar) where noise is high
    EXPECT_LT((prior.denoise(x, sigma) - x * factor).abs().max().item<double>(), tolerance) << sigma;
    const Linearised at_x = prior.linearise(x, sigma);
    EXPECT_LT((at_x.denoised - x * factor).abs().max().item<double>(), tolerance) << sigma;
    EXPECT_LT((at_x.pullback(w) - w * factor).abs().max().item<double>(), tolerance) << sigma;
    EXPECT_FALSE(at_x.denoised.requires_grad());
    EXPECT_EQ(prior.denoise(x.to(torch::kFloat64), sigma).scalar_type(), torch::kFloat64);
}

const char* const denoiser = R"(
def forward(self, x, noise):
    v = 0.4
    return x * (v / (v + noise * noise)).reshape(-1, 1, 1, 1)
)";

TEST_F(TorchScriptFiles, OfADenoiserAreThePrior) {
    write(denoiser);
    const auto made = prior();
    EXPECT_EQ(made->sample_shape(), (std::vector<int64_t>{1, 2, 3}));
    EXPECT_NE(made->warning().find("runs code"), std::string::npos);
    for (const double sigma : {0.02, 0.7, 20.0}) {
        expect_gaussian(*made, sigma);
    }
}

TEST_F(TorchScriptFiles, OfANetworkThatPredictsNoiseOrVelocityAreTheSamePrior) {
    const std::string head = R"(
def forward(self, x, noise):
    v = 0.4
    a = self.abar[noise.long()].reshape(-1, 1, 1, 1)
    clean = torch.sqrt(a) * v * x / (a * v + 1 - a)
    eps = torch.sqrt(1 - a) * x / (a * v + 1 - a)
    return )";
    for (const std::string schedule : {"ddpm", "cosine"}) {
        const std::vector<double> abar = abar_of(schedule, 200);
        for (const auto& [kind, predicted] : std::vector<std::pair<std::string, std::string>>{
                 {"epsilon", "eps"}, {"v", "torch.sqrt(a) * eps - torch.sqrt(1 - a) * clean"}}) {
            SCOPED_TRACE(schedule + " " + kind);
            write(head + predicted + "\n", abar);
            const auto made = prior({{"parametrisation", kind}, {"schedule", schedule}, {"levels", int64_t{200}}});
            for (const size_t step : {0U, 3U, 60U, 150U}) {
                expect_gaussian(*made, std::sqrt((1 - abar[step]) / abar[step]));
            }
        }
    }
}

// Between two training steps a network is asked about the nearer one, beyond them about the last one.
TEST_F(TorchScriptFiles, AreAskedAboutTheNearestStepOfTheirTraining) {
    write("def forward(self, x, noise):\n    return x * 0 + noise.reshape(-1, 1, 1, 1)\n");
    const auto made = prior(
        {{"parametrisation", std::string("epsilon")}, {"schedule", std::string("ddpm")}, {"levels", int64_t{50}}});
    const std::vector<double> abar = abar_of("ddpm", 50);
    const auto sigma_of = [&](size_t t) { return std::sqrt((1 - abar[t]) / abar[t]); };
    const auto asked = [&](double sigma) {  // D = x - sigma eps
        return -made->denoise(torch::zeros({1, 1, 2, 3}), sigma)[0][0][0][0].item<double>() / sigma;
    };
    EXPECT_NEAR(asked(sigma_of(20) * 1.001), 20, 1e-3);
    EXPECT_NEAR(asked(sigma_of(21) / 1.001), 21, 1e-3);
    EXPECT_NEAR(asked(1e-4), 0, 1e-3);
    EXPECT_NEAR(asked(1e4), 49, 1e-3);
}

// f(z) = (sin z_1, z_1 z_2, z_2): two numbers of noise for three of data.
const char* const decoder = R"(
def forward(self, z):
    a = z[:, 0]
    b = z[:, 1]
    return torch.stack([torch.sin(a), a * b, b], dim=1)
)";

TEST_F(TorchScriptFiles, OfADecoderAreAMapFromNoise) {
    write(decoder);
    const auto made = prior({{"role", std::string("decoder")},
                             {"shape", Array{{1}, {3}}},
                             {"latent", Array{{1}, {2}}},
                             {"data_variance", 0.8}});
    EXPECT_FALSE(made->has_denoiser());
    EXPECT_EQ(made->sample_shape(), (std::vector<int64_t>{3}));
    EXPECT_NE(made->warning().find("runs code"), std::string::npos);
    const torch::Tensor z = torch::sin(torch::arange(38, torch::kFloat32)).view({19, 2});
    const torch::Tensor a = z.select(1, 0), b = z.select(1, 1);
    const Decoded at_z = made->decoder()->linearise(z);
    EXPECT_LT((at_z.x - torch::stack({a.sin(), a * b, b}, 1)).abs().max().item<double>(), 1e-6);
    const torch::Tensor w = torch::cos(at_z.x);
    const torch::Tensor first = w.select(1, 0) * a.cos() + w.select(1, 1) * b;
    const torch::Tensor second = w.select(1, 1) * a + w.select(1, 2);
    EXPECT_LT((at_z.pullback(w) - torch::stack({first, second}, 1)).abs().max().item<double>(), 1e-6);
}

TEST_F(TorchScriptFiles, OfADecoderThatDoNotFitAreRefusedInOneLine) {
    write(decoder);
    const auto sentence = [&](const Array& shape, const Array& latent) {
        return refusal({{"role", std::string("decoder")}, {"shape", shape}, {"latent", latent}});
    };
    const std::string too_few = sentence({{1}, {3}}, {{1}, {1}});
    EXPECT_NE(too_few.find("does not take noise of this shape"), std::string::npos) << too_few;
    const std::string other = sentence({{1}, {4}}, {{1}, {2}});
    EXPECT_NE(other.find("'prior.shape'"), std::string::npos) << other;
    EXPECT_NE(sentence({{1}, {3}}, {{1}, {1.5}}).find("'prior.latent'"), std::string::npos);
}

TEST_F(TorchScriptFiles, RunAsAScenario) {
    write(denoiser);
    Scenario scenario = test::scenario("torchscript", "none", "reverse_diffusion");
    scenario.folder = folder_.string();
    scenario.prior.params.set("file", std::string("net.pt"));
    scenario.prior.params.set("shape", Array{{1}, {6}});
    EXPECT_THROW(drift::Run{scenario}, UserError) << "one dimension where the network takes three";
    scenario.prior.params.set("shape", Array{{3}, {1, 2, 3}});
    scenario.particles = 2000;
    const drift::Run run = test::finished(scenario, Precision::Float32);
    const Task exact = test::task(test::line_scenario("reverse_diffusion", 0, 1, test::default_steps, spread));
    const double variance =
        unguided_chain(*exact.problem.prior->mixture(), exact.schedule, at_steps(Curve(1), exact.schedule))
            .covariance.item<double>();
    const test::Moments moments = test::moments(run.samples(), 4);
    EXPECT_NEAR(moments.mean, 0, 4 * std::sqrt(variance / 2000));
    EXPECT_NEAR(moments.variance, variance, 4 * variance * std::sqrt(2.0 / 2000));
    EXPECT_EQ(run.scene()->warnings.size(), 1U) << "that it runs code";
}

TEST_F(TorchScriptFiles, ThatFailInARunSayWhyAndAtWhichStep) {
    write("def forward(self, x, noise):\n    assert float(noise[0]) > 0.5, 'too quiet'\n    return x * 0.1\n");
    Scenario scenario = test::scenario("torchscript", "none", "reverse_diffusion");
    scenario.folder = folder_.string();
    scenario.prior.params.set("file", std::string("net.pt"));
    scenario.prior.params.set("shape", Array{{3}, {1, 2, 3}});
    scenario.particles = 20;
    drift::Run run(scenario);
    int64_t step = -1;
    try {
        while (!run.finished()) {
            step = run.advance()->numbers.step;
        }
        FAIL() << "the network does not take low noise";
    } catch (const RunError& error) {
        EXPECT_EQ(error.what(), "step " + std::to_string(step + 1) + " failed: too quiet");
    }
    EXPECT_GT(step, 10);
}

TEST_F(TorchScriptFiles, ThatAreNoneAreRefused) {
    EXPECT_NE(refusal().find("no such TorchScript file"), std::string::npos) << refusal();
    write_file(path(), "hello");
    EXPECT_NE(refusal().find("not a TorchScript file"), std::string::npos) << refusal();
    write(denoiser);
    const std::string bytes = read_file(path(), 1 << 20);
    write_file(path(), bytes.substr(0, bytes.size() / 2));
    EXPECT_NE(refusal().find("not a TorchScript file"), std::string::npos) << refusal();
    EXPECT_NE(refusal({{"file", std::string("")}}).find("prior.file"), std::string::npos);
}

TEST_F(TorchScriptFiles, ThatDoNotFitAreRefusedInOneLine) {
    for (const auto& [forward, says] : std::vector<std::pair<std::string, std::string>>{
             {"def forward(self, x):\n    return x\n", "does not take"},
             {"def forward(self, x, noise):\n    return torch.matmul(x, torch.ones([7, 7]))\n", "3"},
             {"def forward(self, x, noise):\n    assert x.dim() > 9, 'only on Sundays'\n    return x\n",
              "only on Sundays"},
             {"def forward(self, x, noise):\n    return x, noise\n", "does not take"},
             {"def forward(self, x, noise):\n    return x.sum(dim=1)\n", "finite samples of the shape"},
             {"def forward(self, x, noise):\n    return x / 0\n", "finite samples of the shape"}}) {
        write(forward);
        const std::string sentence = refusal();
        EXPECT_NE(sentence.find("net.pt"), std::string::npos) << forward << sentence;
        EXPECT_NE(sentence.find(says), std::string::npos) << forward << sentence;
        EXPECT_EQ(sentence.find('\n'), std::string::npos) << forward << sentence;
        EXPECT_EQ(sentence.find("Traceback"), std::string::npos) << forward << sentence;
        EXPECT_LT(sentence.size(), 500U) << forward << sentence;
    }
}

TEST_F(TorchScriptFiles, TakeOnlyShapesThatFitInMemory) {
    write(denoiser);
    for (const Array& shape : {Array{{4}, {4096, 4096, 4096, 4096}}, Array{{5}, {1, 1, 1, 2, 3}}, Array{{1}, {2.5}}}) {
        EXPECT_NE(refusal({{"shape", shape}}).find("'prior.shape'"), std::string::npos) << refusal({{"shape", shape}});
    }
}

}  // namespace
}  // namespace drift
