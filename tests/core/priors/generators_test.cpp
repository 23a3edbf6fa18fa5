// The small generators as priors. Most are trained for a moment only: what is tested holds for any weights.
#include "core/generators/generators.h"
#include "core/array_file.h"
#include "core/decoder.h"
#include "core/density.h"
#include "core/fit.h"
#include "core/generators/gan_model.h"
#include "core/metrics.h"
#include "core/training/pieces.h"
#include "support/generators.h"
#include "support/paths.h"
#include "support/problems.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <filesystem>

namespace drift {
namespace {

using test::generators::all_types;
using test::generators::choice_of;
using test::generators::largest;
using test::generators::noise;
using test::generators::prior;
using test::generators::Values;

std::string refusal(const std::string& type, const Values& values, const std::string& folder = "") {
    try {
        prior(type, values, folder);
        return "";
    } catch (const UserError& error) {
        return error.what();
    }
}

TEST(Generators, AreMapsFromNoiseToPoints) {
    EXPECT_EQ(generator_kinds().size(), all_types.size());
    for (const std::string& type : all_types) {
        const auto made = prior(type);
        EXPECT_EQ(made->sample_shape(), (std::vector<int64_t>{2})) << type;
        const auto decoder = made->decoder();
        ASSERT_NE(decoder, nullptr) << type;
        EXPECT_EQ(decoder->latent_shape(), (std::vector<int64_t>{2})) << type;
        const torch::Tensor x = decoder->decode(noise(3000));
        EXPECT_EQ(x.sizes(), (std::vector<int64_t>{3000, 2})) << type;
        EXPECT_TRUE(x.isfinite().all().item<bool>()) << type;
        EXPECT_FALSE(x.requires_grad()) << type;
        EXPECT_NEAR(x.var(0).mean().item<double>() / made->data_variance(), 1, 0.1) << type;
        const torch::Tensor few = decoder->decode(noise(5));
        EXPECT_TRUE(torch::equal(few, x.narrow(0, 0, 5))) << type << ": a row depends on itself alone";
    }
}

TEST(Generators, TakeNoiseOfAnyDimension) {
    for (const std::string type : {"gan", "vae"}) {
        const auto made = prior(type, {{"latent", int64_t{5}}});
        EXPECT_EQ(made->decoder()->latent_shape(), (std::vector<int64_t>{5}));
        EXPECT_EQ(made->decoder()->decode(noise(7, 5)).sizes(), (std::vector<int64_t>{7, 2}));
    }
}

/// The numbers of a training that nothing was remembered of.
torch::Tensor trained(const std::string& type, int64_t seed) {
    // So large that operations would share their sums out among threads.
    const Values large{{"width", int64_t{128}}, {"batch", int64_t{512}}};
    const GeneratorPlan plan = generator_kinds().at(type)(choice_of(type, large).params);
    const auto task = generator_task(plan, {});
    FitSettings settings = generator_settings(plan);
    settings.seed = static_cast<uint64_t>(seed);
    FitState state = start_fit(task->parameters(0), settings.seed);
    while (state.iteration < 5) {
        fit_step(*task, settings, state);
    }
    return state.average;
}

TEST(Generators, LearnTheSameFromTheSameSeed) {
    for (const std::string& type : all_types) {
        const torch::Tensor first = trained(type, 1);
        EXPECT_TRUE(torch::equal(first, trained(type, 1))) << type;
        EXPECT_FALSE(torch::equal(first, trained(type, 2))) << type;
        const int before = at::get_num_threads();
        for (const int threads : {1, 3}) {
            at::set_num_threads(threads);
            EXPECT_TRUE(torch::equal(first, trained(type, 1))) << type << " on " << threads << " threads";
        }
        at::set_num_threads(before);
    }
}

TEST(Generators, PullBackTheirDerivative) {
    for (const std::string& type : all_types) {
        const auto decoder = prior(type)->decoder();
        for (const int64_t count : {int64_t{6}, int64_t{700}}) {  // keeping the graphs, and computing them again
            const torch::Tensor z = noise(count);
            const Decoded at_z = decoder->linearise(z);
            EXPECT_LT(largest(at_z.x - decoder->decode(z)), 1e-5) << type;
            const torch::Tensor w = (at_z.x * 3).sin();
            const torch::Tensor direction = (z * 5).cos();
            constexpr double h = 1e-2;
            const torch::Tensor moved =
                (decoder->decode(z + direction * h) - decoder->decode(z - direction * h)) / (2 * h);
            const torch::Tensor wanted = (moved * w).sum(1);
            const torch::Tensor found = (at_z.pullback(w) * direction).sum(1);
            // a spline's slope has corners: a few points have one within h
            EXPECT_LT((wanted - found).abs().median().item<double>(), 2e-3) << type;
            EXPECT_GT((wanted - found).abs().lt(0.05 * (1 + wanted.abs())).to(torch::kFloat64).mean().item<double>(),
                      0.97)
                << type;
        }
    }
}

torch::Tensor grid_of_points(double half_width, int64_t points) {
    const torch::Tensor along = torch::linspace(-half_width, half_width, points, torch::kFloat64);
    return torch::stack({along.repeat_interleave(points), along.repeat({points})}, 1);
}

class Flow : public ::testing::Test {
protected:
    const std::shared_ptr<const Prior> prior_ =
        test::generators::prior("normalising_flow", {{"iterations", int64_t{100}}, {"batch", int64_t{128}}});
    const Density& density_ = *density_of(*prior_);
};

TEST_F(Flow, HasADensityThatIntegratesToOne) {
    constexpr double half_width = 12;
    constexpr int64_t points = 401;
    const double cell = 2 * half_width / (points - 1);
    const double total =
        density_.log_density(grid_of_points(half_width, points)).exp().sum().item<double>() * cell * cell;
    EXPECT_NEAR(total, 1, 2e-3);  // kinks of the splines on a grid
    EXPECT_EQ(density_.log_total(), 0);
}

// log p(f(z)) = log N(z) - log |det df/dz|
TEST_F(Flow, ChangesVariablesAsItsMapDoes) {
    const torch::Tensor z = noise(400);
    const Decoded at_z = prior_->decoder()->linearise(z);
    const torch::Tensor first = at_z.pullback(torch::tensor({1.0F, 0.0F}).expand({400, 2}));
    const torch::Tensor second = at_z.pullback(torch::tensor({0.0F, 1.0F}).expand({400, 2}));
    const torch::Tensor determinant =
        first.select(1, 0) * second.select(1, 1) - first.select(1, 1) * second.select(1, 0);
    const torch::Tensor expected = z.square().sum(1) * -0.5 - std::log(2 * M_PI) - determinant.abs().log();
    EXPECT_LT(largest(density_.log_density(at_z.x) - expected), 2e-3);
}

TEST_F(Flow, KnowsTheGradientOfItsDensity) {
    const torch::Tensor x = prior_->decoder()->decode(noise(200));
    const torch::Tensor direction = (x * 2).sin();
    constexpr double h = 1e-2;
    const torch::Tensor slope =
        (density_.log_density(x + direction * h) - density_.log_density(x - direction * h)) / (2 * h);
    EXPECT_LT((slope - (density_.gradient(x) * direction).sum(1)).abs().median().item<double>(), 2e-2);
}

// E D(x0 + sigma n) = E x0, and the error of D is orthogonal to D.
TEST_F(Flow, HasTheDenoiserOfItsDensity) {
    torch::Tensor x0 = torch::empty({4'000, 2}, torch::kFloat32);
    density_.sample(x0, Random{5});
    for (const double sigma : {0.1, 1.0, 5.0}) {
        const torch::Tensor x = x0 + noise(4'000) * sigma;
        const torch::Tensor denoised = prior_->denoise(x, sigma);
        const torch::Tensor error = denoised - x0;
        const double scale = error.std().item<double>() / std::sqrt(4e3);
        EXPECT_LT(largest(error.mean(0)), 5 * scale) << sigma;
        EXPECT_LT(largest((error * denoised).mean(0)), 5 * scale * denoised.std().item<double>() * 1.5) << sigma;
        const Linearised at_x = prior_->linearise(x.narrow(0, 0, 50), sigma);
        const torch::Tensor direction = (x.narrow(0, 0, 50) * 2).sin();
        const double h = 0.01 * sigma;
        const torch::Tensor moved = (prior_->denoise(x.narrow(0, 0, 50) + direction * h, sigma) -
                                     prior_->denoise(x.narrow(0, 0, 50) - direction * h, sigma)) /
                                    (2 * h);
        EXPECT_LT(largest(moved - at_x.pullback(direction)), 2e-2) << sigma;
    }
}

TEST_F(Flow, IsSampledInDataSpaceAsWell) {
    for (const std::string sampler : {"mala", "tds"}) {
        Scenario scenario = test::scenario("gaussian", "linear_gaussian", sampler);
        scenario.prior = choice_of("normalising_flow", {{"iterations", int64_t{100}}, {"batch", int64_t{128}}});
        scenario.condition.params.set("matrix", test::row({0, 1}));
        scenario.condition.params.set("observation", test::vector({0.5}));
        scenario.condition.params.set("noise", 0.3);
        scenario.particles = 100;
        if (sampler == "mala") {
            scenario.sampler.params.set("steps", int64_t{20});
        }
        drift::Run run(scenario);
        while (!run.finished()) {
            run.advance();
        }
        const Samples samples = run.samples();
        double mean = 0;
        for (size_t i = 0; i < samples.log_weights.size(); ++i) {
            mean += std::exp(samples.log_weights[i]) * static_cast<double>(samples.values[2 * i + 1]);
        }
        EXPECT_NEAR(mean, 0.5, 0.2) << sampler;
    }
}

// Where what is made is what is there and nothing is penalised, the critic has nothing to learn from either, but the
// generator has: it must not move the critic on its way.
TEST(Generators, ACriticLearnsFromTheDifferenceAlone) {
    GanModel model({.latent = 2, .width = 16, .layers = 2, .penalty = 0});
    model.parameters().bind(model.parameters().initial_values(1));
    const torch::Tensor z = noise(64);
    const auto gradient_of = [&](const torch::Tensor& data, const std::string& part) {
        const torch::Tensor all = model.parameters().collect_gradients().zero_();
        model.loss(data, {z}).backward();
        double worst = 0;
        for (const ParameterEntry& entry : model.parameters().entries()) {
            if (entry.name.rfind(part, 0) == 0) {
                worst = std::max(worst, largest(all.narrow(0, entry.offset, entry.count)));
            }
        }
        return worst;
    };
    const torch::Tensor same = model.generate(z).detach();
    EXPECT_LT(gradient_of(same, "critic"), 1e-5);
    EXPECT_GT(gradient_of(same + 1, "critic"), 1e-3);
    EXPECT_GT(gradient_of(same + 1, "generator"), 1e-4);
}

TEST(Generators, LearnTwoMoons) {
    const auto made = prior("cnf", {{"iterations", int64_t{1200}}, {"batch", int64_t{256}}, {"width", int64_t{48}}});
    const torch::Tensor data = PlaneData({"two_moons", {{0}, {}}, 4}).draw(4096, Random{3});
    const double distance = sliced_wasserstein(made->decoder()->decode(noise(4096)), {}, data);
    EXPECT_LT(distance, 0.15) << "two sets of data are 0.03 apart, and noise of the same spread 0.35";
}

TEST(Generators, LearnWhatIsPainted) {
    const auto made = prior("normalising_flow", {{"data", std::string("painted")},
                                                 {"painting", Array{{2, 2}, {0, 1, 0, 0}}},
                                                 {"half_width", 2.0},
                                                 {"iterations", int64_t{150}}});
    const torch::Tensor x = made->decoder()->decode(noise(2000));
    const torch::Tensor inside = x.gt(-0.2).logical_and(x.lt(2.2)).all(1);
    EXPECT_GT(inside.to(torch::kFloat64).mean().item<double>(), 0.9) << "the cell at the upper right";
}

TEST(Generators, RefuseWhatTheyCannotUseInOneSentence) {
    const std::string unpainted = refusal("gan", {{"data", std::string("painted")}});
    EXPECT_NE(unpainted.find("'prior.painting'"), std::string::npos) << unpainted;
    const std::string missing = refusal("cnf", {{"weights", std::string("none.weights")}});
    EXPECT_NE(missing.find("'prior.weights'"), std::string::npos) << missing;
    Choice choice = choice_of("cnf");
    EXPECT_THROW(choice.params.set("data", std::string("three_moons")), UserError);
}

/// One number, and a loss that is none from the third batch on.
class Diverging final : public GeneratorModel {
public:
    Diverging() : size_(store_.add("size", {1}, 1)) {}
    ParameterStore& parameters() override { return store_; }
    const ParameterStore& parameters() const override { return store_; }
    int64_t latent() const override { return 2; }
    torch::Tensor generate(const torch::Tensor& z) const override { return z; }
    std::vector<torch::Tensor> noise(int64_t /*count*/, const Random& /*random*/) const override { return {}; }
    torch::Tensor loss(const torch::Tensor& /*data*/, const std::vector<torch::Tensor>& /*noise*/) const override {
        return (store_[size_] * (++calls_ > 2 ? NAN : 1.0)).sum();
    }
    int64_t numbers_in_training() const override { return 1; }
    nlohmann::json architecture() const override { return {}; }

private:
    ParameterStore store_;
    size_t size_;
    mutable int calls_ = 0;
};

TEST(Generators, SayWhereTheirTrainingDiverged) {
    GeneratorPlan plan{GeneratorParams{}, [] { return std::make_unique<Diverging>(); }};
    plan.learned = "a test";
    plan.params.learning_rate = 0.5;
    try {
        trained_generator(plan, MakeContext{});
        FAIL();
    } catch (const UserError& error) {
        const std::string text = error.what();
        EXPECT_EQ(text.find("'prior.learning_rate' is 0.5"), 0U) << text;
        EXPECT_NE(text.find("in iteration 3;"), std::string::npos) << text;
    }
}

class GeneratorFiles : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_generators_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(GeneratorFiles, MadeByAFitAreThePriorThatItTrains) {
    FitOptions options;
    options.name = "two-moons-vae";
    options.out = folder_ / "vae.weights";
    options.iterations = 20;
    fit(options, [](const FitProgress&) {});
    Choice choice = default_choice(Kind::Prior, "vae");
    choice.params.set("weights", std::string("vae.weights"));
    const MakeContext context{torch::kFloat32, folder_.string(), 1};
    const torch::Tensor x = make<Prior>(choice, context)->decoder()->decode(noise(50));
    choice.params.set("weights", std::string());
    choice.params.set("iterations", int64_t{20});
    const torch::Tensor trained_here = make<Prior>(choice, context)->decoder()->decode(noise(50));
    EXPECT_LT(largest(x - trained_here), 2e-2) << "numbers in the file have 16 bits";
    for (const auto& [values, says] : std::vector<std::pair<Values, std::string>>{
             {{{"width", int64_t{32}}}, "architecture.width is '64' where '32' is asked for"},
             {{{"width", int64_t{64}}, {"data", std::string("checkerboard")}}, "data.type is '\"two_moons\"'"}}) {
        Values all = values;
        all.emplace_back("weights", std::string("vae.weights"));
        const std::string sentence = refusal("vae", all, folder_.string());
        EXPECT_NE(sentence.find("'prior.weights'"), std::string::npos) << sentence;
        EXPECT_NE(sentence.find(says), std::string::npos) << sentence;
    }
    const std::string other = refusal("gan", {{"weights", std::string("vae.weights")}}, folder_.string());
    EXPECT_NE(other.find("architecture"), std::string::npos) << other;
}

TEST_F(GeneratorFiles, NeedNoDataOfOthers) {
    FitOptions options;
    options.name = "two-moons-cnf";
    options.out = folder_ / "cnf.weights";
    options.data = folder_;
    EXPECT_THROW(fit(options, [](const FitProgress&) {}), UserError);
    options.name = "fashion-diffusion";
    options.data.clear();
    EXPECT_THROW(fit(options, [](const FitProgress&) {}), UserError);
}

}  // namespace
}  // namespace drift
