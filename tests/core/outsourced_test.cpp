// Methods in noise space: the exact answers of affine maps, the clusters of maps that fold, and what is refused.
#include "core/outsourced.h"

#include "core/measured.h"
#include "support/problems.h"
#include "support/twists.h"

#include <ATen/Parallel.h>

namespace drift {
namespace {

using test::cloud;
using test::largest;

/// trained_samplers.md 6.5: z in R^3, x = M z + b, y = x1 + x2 + N(0, .5^2), y = 2.
Scenario affine(const std::string& sampler) {
    Scenario scenario = test::scenario("map", "linear_gaussian", sampler);
    scenario.prior.params.set("function", std::string("affine"));
    scenario.prior.params.set("matrix", Array{{2, 3}, {1, 0.5, 0, 0, 1, -1}});
    scenario.prior.params.set("offset", test::vector({0.5, -0.5}));
    scenario.condition.params.set("matrix", test::row({1, 1}));
    scenario.condition.params.set("observation", test::vector({2}));
    scenario.condition.params.set("noise", 0.5);
    scenario.sampler.params.set("space", std::string("noise"));
    return scenario;
}

/// A map of one kind from two numbers of noise under a measurement of the first number of the data.
Scenario measured_map(const std::string& function, int64_t latent, const std::string& sampler, double y, double noise) {
    Scenario scenario = test::scenario("map", "linear_gaussian", sampler);
    scenario.prior.params.set("function", function);
    scenario.prior.params.set("latent", latent);
    const bool line = function == "ring" || latent == 1;
    scenario.condition.params.set("matrix", test::row(line ? std::vector<double>{1} : std::vector<double>{1, 0}));
    scenario.condition.params.set("observation", test::vector({y}));
    scenario.condition.params.set("noise", noise);
    scenario.sampler.params.set("space", std::string("noise"));
    return scenario;
}

Task noise_task(const Scenario& scenario) {
    return in_space(test::task(scenario), space_of(scenario.sampler.params));
}

std::string refusal(const Scenario& scenario) {
    try {
        const drift::Run run(scenario);
        return "";
    } catch (const UserError& error) {
        return error.what();
    }
}

test::Moments of_latent(const Samples& samples, size_t coordinate) {
    Samples latents = samples;
    latents.values = samples.latents;
    return test::moments(latents, coordinate);
}

// trained_samplers.md 6.5.
TEST(Outsourced, AffineMapUnderALinearMeasurementHasEveryClosedForm) {
    const Task task = noise_task(affine("tds"));
    ASSERT_NE(task.problem.exact, nullptr);
    EXPECT_NEAR(task.problem.exact->log_z, -2.1154217, 1e-7);
    const GaussianMixture& z = task.problem.exact->posterior;
    EXPECT_LT(largest(z.means[0], torch::tensor({0.444444, 0.666667, -0.444444}, torch::kFloat64)), 1e-6);
    const torch::Tensor covariance = torch::tensor(
        {0.777778, -0.333333, 0.222222, -0.333333, 0.5, 0.333333, 0.222222, 0.333333, 0.777778}, torch::kFloat64);
    EXPECT_LT(largest(z.full_covariances()[0], covariance.view({3, 3})), 1e-6);
    ASSERT_NE(task.data_problem->exact, nullptr);
    EXPECT_NEAR(task.data_problem->exact->log_z, -2.1154217, 1e-7);
    const GaussianMixture& x = task.data_problem->exact->posterior;
    EXPECT_LT(largest(x.means[0], torch::tensor({1.277778, 0.611111}, torch::kFloat64)), 1e-6);
    EXPECT_EQ(task.problem.prior->data_variance(), 1);
}

TEST(Outsourced, LikelihoodIsThatOfTheDataWithItsGradient) {
    for (const std::string function : {"square", "fold", "swirl"}) {
        const Task task = noise_task(measured_map(function, 2, "dps", 0.7, 0.4));
        const Condition& condition = *task.problem.condition;
        EXPECT_EQ(condition.linear(), nullptr);
        const torch::Tensor z = cloud(30, 2, 1);
        const auto [value, gradient] = condition.log_likelihood_and_gradient(z);
        EXPECT_TRUE(torch::equal(value, task.data_problem->condition->log_likelihood(task.decoder->decode(z))));
        EXPECT_TRUE(torch::equal(value, condition.log_likelihood(z)));
        EXPECT_TRUE(torch::equal(gradient, condition.gradient(z)));
        const Measured& measured = *condition.measured();
        EXPECT_EQ(measured.A, nullptr) << "h(f(z)) is not linear";
        const torch::Tensor slopes = measured.noise->gradient(measured.y, measured.h->forward(z));
        EXPECT_LT(largest(measured.h->pullback(z, slopes), gradient), 1e-12);
        constexpr double h = 1e-6;
        for (int64_t k = 0; k < 2; ++k) {
            torch::Tensor step = torch::zeros({2}, torch::kFloat64);
            step[k] = h;
            const torch::Tensor along =
                (condition.log_likelihood(z + step) - condition.log_likelihood(z - step)) / (2 * h);
            EXPECT_LT(largest(gradient.select(1, k), along), 1e-6 * (1 + along.abs().max().item<double>())) << function;
        }
    }
}

// An affine map's noise space, with and without the use of that it is affine: the same gradients.
TEST(Outsourced, LinearFormIsTheChainRule) {
    const Task task = noise_task(affine("tds"));
    const Condition& condition = *task.problem.condition;
    const LinearGaussian& linear = *condition.linear();
    const torch::Tensor z = cloud(20, 3, 1);
    EXPECT_EQ(condition.measured()->A, linear.A);
    const torch::Tensor e = linear.y - linear.A->forward(z);
    EXPECT_LT(largest(condition.gradient(z), linear.A->adjoint(e) / 0.25), 1e-12);
}

class AffineInNoise : public ::testing::TestWithParam<std::string> {};

TEST_P(AffineInNoise, ReachesTheExactPosteriorInBothSpaces) {
    Scenario scenario = affine(GetParam());
    scenario.particles = 4000;
    scenario.schedule.params.set("steps", int64_t{100});
    scenario.schedule.params.set("sigma_min", 0.01);
    if (scenario.sampler.params.contains("steps")) {
        scenario.sampler.params.set("steps", int64_t{10});
    }
    const drift::Run run = test::finished(scenario);
    const Samples samples = run.samples();
    const Summary summary = run.summary();
    EXPECT_EQ(samples.shape, (std::vector<int64_t>{4000, 2}));
    EXPECT_EQ(samples.latent_shape, (std::vector<int64_t>{4000, 3}));
    const Scene& scene = *run.scene();
    ASSERT_TRUE(scene.latent_posterior && scene.posterior);
    for (size_t k = 0; k < 3; ++k) {
        const double variance = scene.latent_posterior->covariances[4 * k];
        const double error = std::sqrt(variance / summary.ess);
        EXPECT_NEAR(of_latent(samples, k).mean, scene.latent_posterior->means[k], 4 * error) << k;
    }
    for (size_t k = 0; k < 2; ++k) {
        const double variance = scene.posterior->covariances[3 * k];
        EXPECT_NEAR(test::moments(samples, k).mean, scene.posterior->means[k], 4 * std::sqrt(variance / summary.ess));
    }
    EXPECT_LT(summary.sliced_w1, 3 * summary.sliced_w1_floor);
    EXPECT_NEAR(summary.exact_log_z, -2.1154217, 1e-7);
    if (scene.weighted) {
        const double expected =
            std::isfinite(summary.exact_log_z_discretised) ? summary.exact_log_z_discretised : summary.exact_log_z;
        EXPECT_NEAR(summary.log_z, expected, 4 * summary.log_z_sd);
        EXPECT_GT(summary.log_z_sd, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Samplers, AffineInNoise, ::testing::Values("tds", "hmc", "ais"),
                         [](const auto& test) { return test.param; });

// A prior that is one Gaussian has an affine map of its own, and the answer in noise space is the one in data space.
TEST(Outsourced, GaussianPriorHasTheSameEvidenceInBothSpaces) {
    Scenario scenario = test::t9_scenario("tds");
    const Task data = test::task(scenario);
    scenario.sampler.params.set("space", std::string("noise"));
    const Task noise = noise_task(scenario);
    ASSERT_NE(noise.decoder->affine(), nullptr);
    EXPECT_NEAR(noise.problem.exact->log_z, data.problem.exact->log_z, 1e-12);
}

/// log of the mean of p(y | z^2) over z ~ N(0, 1), by the trapezium rule.
double square_log_z(double y, double noise) {
    double total = 0;
    constexpr int points = 20001;
    constexpr double half = 10;
    constexpr double width = 2 * half / (points - 1);
    for (int i = 0; i < points; ++i) {
        const double z = -half + i * width;
        const double e = (y - z * z) / noise;
        total += width * std::exp(-0.5 * (z * z + e * e)) / (2 * M_PI * noise);
    }
    return std::log(total);
}

// trained_samplers.md 6.5: two modes of half the mass each.
TEST(Outsourced, SquareHasTwoModesInNoise) {
    EXPECT_NEAR(square_log_z(2, 0.5), -2.1693276, 1e-6);
    Scenario scenario = measured_map("square", 1, "ais", 2, 0.5);
    scenario.sampler.params.set("move", std::string("hmc"));
    scenario.particles = 8000;
    const drift::Run run = test::finished(scenario);
    const Summary summary = run.summary();
    EXPECT_NEAR(summary.log_z, -2.1693276, 4 * summary.log_z_sd);
    const Samples samples = run.samples();
    double right = 0, modulus = 0, apart = 0;
    for (size_t i = 0; i < samples.latents.size(); ++i) {
        const double weight = std::exp(samples.log_weights[i]);
        const auto z = static_cast<double>(samples.latents[i]);
        right += z > 0 ? weight : 0;
        modulus += weight * std::abs(z);
        apart += std::abs(z) < 0.5 ? weight : 0;
        EXPECT_NEAR(static_cast<double>(samples.values[i]), z * z, 1e-5 * (1 + z * z));
    }
    EXPECT_NEAR(right, 0.5, 4 * 0.5 / std::sqrt(summary.ess));
    EXPECT_NEAR(modulus, 1.325183, 4 * 0.21 / std::sqrt(summary.ess));
    EXPECT_LT(apart, 0.05) << "between the modes";
    EXPECT_NEAR(summary.exact_log_z, -2.1693276, 1e-5) << "by quadrature";
}

TEST(Outsourced, RingLeavesTheDirectionOpen) {
    Scenario scenario = measured_map("ring", 2, "ais", 2, 0.2);
    scenario.particles = 8000;
    const drift::Run run = test::finished(scenario);
    const Summary summary = run.summary();
    EXPECT_NEAR(summary.log_z, -1.2887608, 4 * summary.log_z_sd);
    EXPECT_NEAR(summary.exact_log_z, -1.2887608, 1e-4) << "by quadrature";
    const Samples samples = run.samples();
    const test::Moments radius = test::moments(samples, 0);
    EXPECT_NEAR(radius.mean, 1.943077, 4 * 0.195094 / std::sqrt(summary.ess));
    for (size_t k = 0; k < 2; ++k) {
        EXPECT_NEAR(of_latent(samples, k).mean, 0, 4 * 1.38 / std::sqrt(summary.ess));
    }
}

// The swirl leaves the prior a standard normal, so that the posterior of the data is known whatever the noise looks
// like.
TEST(Outsourced, SwirlComesToTheExactPosteriorOfTheData) {
    Scenario scenario = measured_map("swirl", 2, "ais", 0.8, 0.3);
    scenario.sampler.params.set("move", std::string("hmc"));
    scenario.particles = 2000;
    const drift::Run run = test::finished(scenario);
    const Summary summary = run.summary();
    EXPECT_NEAR(summary.log_z, summary.exact_log_z, 4 * summary.log_z_sd);
    EXPECT_LT(summary.sliced_w1, 3 * summary.sliced_w1_floor);
    EXPECT_FALSE(run.scene()->latent_posterior);
}

// The probability flow as the map of a mixture: annealing in noise comes to the exact posterior of the data.
TEST(Outsourced, MixtureThroughItsFlowComesToTheExactPosterior) {
    Scenario scenario = test::scene_a("ais");
    scenario.sampler.params.set("space", std::string("noise"));
    scenario.sampler.params.set("move", std::string("mala"));
    scenario.particles = 2000;
    const drift::Run run = test::finished(scenario);
    const Summary summary = run.summary();
    EXPECT_NEAR(summary.log_z, summary.exact_log_z, 4 * summary.log_z_sd);
    EXPECT_LT(summary.mode_mass_tv, 0.05);
    EXPECT_LT(summary.off_manifold, 0.01);
}

TEST(Outsourced, CountsTheCallsOfItsMap) {
    Scenario scenario = test::scene_a("mala");
    scenario.sampler.params.set("space", std::string("noise"));
    scenario.sampler.params.set("ode_steps", int64_t{6});
    scenario.sampler.params.set("steps", int64_t{2});
    scenario.sampler.params.set("moves_per_step", int64_t{3});
    scenario.particles = 10;
    // one evaluation at the start and one a move, each of the normal prior and of the 11 calls of the flow
    EXPECT_EQ(test::finished(scenario).summary().denoiser_calls, 10 * 7 * (1 + 11));
}

TEST(Outsourced, FramesShowTheDataAndTheNoise) {
    Scenario scenario = measured_map("swirl", 2, "dps", 0.8, 0.3);
    scenario.schedule.params.set("steps", int64_t{5});
    scenario.particles = 12;
    drift::Run run(scenario);
    const Scene& scene = *run.scene();
    EXPECT_TRUE(scene.noise_space());
    EXPECT_EQ(scene.sample_shape, (std::vector<int64_t>{2}));
    ASSERT_TRUE(scene.decoder_grid);
    EXPECT_EQ(scene.decoder_grid->x.size(), 2U * 41 * 41);
    EXPECT_EQ(scene.lines.size(), 1U) << "the measurement of the data";
    const Task task = noise_task(scenario);
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        EXPECT_EQ(frame->dimension, 2);
        EXPECT_EQ(frame->latent_dimension, 2);
        ASSERT_EQ(frame->x.size(), 24U);
        ASSERT_EQ(frame->latent.size(), 24U);
        EXPECT_TRUE(frame->denoised.empty() && frame->shift.empty());
        torch::Tensor z = torch::tensor(frame->latent, torch::kFloat64).view({12, 2});
        if (frame->numbers.sigma > 0) {
            z = z / (1 + frame->numbers.sigma * frame->numbers.sigma);  // D under N(0, I)
        }
        const torch::Tensor x = torch::tensor(frame->x, torch::kFloat64).view({12, 2});
        EXPECT_LT(largest(task.decoder->decode(z), x), 1e-4);
    }
}

// What is measured on the way and left behind by a run that was cut short are the data that its frames show.
TEST(Outsourced, MeasuresTheDataThatItShows) {
    Scenario scenario = test::scene_a("dps");
    scenario.sampler.params.set("space", std::string("noise"));
    scenario.sampler.params.set("ode_steps", int64_t{6});
    scenario.schedule.params.set("steps", int64_t{12});
    scenario.particles = 60;
    const GaussianMixture prior = *test::task(test::scene_a("dps")).problem.prior->mixture();
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, true});
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        const torch::Tensor x = torch::tensor(frame->x).to(torch::kFloat64).view({60, 2});
        const double expected = prior.log_density(x).mean().item<double>();
        EXPECT_NEAR(frame->numbers.log_prior, expected, 1e-4 * (1 + std::abs(expected)));
        const Samples samples = run.samples();
        EXPECT_EQ(samples.values, frame->x);
        EXPECT_NEAR(run.summary().log_prior, frame->numbers.log_prior, 1e-9 * (1 + std::abs(expected)));
        const torch::Tensor z = torch::tensor(samples.latents, torch::kFloat64).view({60, 2});
        EXPECT_LT(largest(noise_task(scenario).decoder->decode(z), x), 1e-4) << "x = f(z) of the files";
    }
}

TEST(Outsourced, SaysThatItIsTheNoiseSpaceThatAMethodDoesNotFit) {
    Scenario scenario = test::scene_a("ddnm");
    EXPECT_EQ(refusal(scenario), "");
    scenario.sampler.params.set("space", std::string("noise"));
    const std::string sentence = refusal(scenario);
    EXPECT_NE(sentence.find("'sampler.space' is noise"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("data is accepted"), std::string::npos) << sentence;
}

TEST(Outsourced, BlamesTheNoiseSpaceForNothingElse) {
    Scenario still = test::scene_a("fk_steering");  // a refusal that has nothing to do with the measurement
    still.sampler.params.set("space", std::string("noise"));
    still.sampler.params.set("kernel", std::string("gradient"));
    still.sampler.params.set("error_model", std::string("point"));
    still.sampler.params.set("eta", Curve(0));
    std::string sentence = refusal(still);
    EXPECT_NE(sentence.find("'sampler.eta'"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("'sampler.space'"), std::string::npos) << sentence;
    Scenario reward = test::scenario("gaussian_mixture", "reward", "ddnm");  // linear in neither space
    reward.sampler.params.set("space", std::string("noise"));
    sentence = refusal(reward);
    EXPECT_NE(sentence.find("needs a linear measurement"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("'sampler.space'"), std::string::npos) << sentence;
    sentence = refusal(measured_map("fold", 2, "ddnm", 1, 0.3));  // a map is all that is known of the data
    EXPECT_NE(sentence.find("'sampler.space' is noise"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("data is accepted"), std::string::npos) << sentence;
}

// The grid's first point is the lower left corner, its second one lies to the right of it.
TEST(Outsourced, GridIsDecodedRowByRow) {
    const drift::Run run(measured_map("fold", 2, "hmc", 1, 0.3));
    const DecoderGrid& grid = *run.scene()->decoder_grid;
    EXPECT_FLOAT_EQ(grid.x[0], 3.5F) << "|-3.5|";
    EXPECT_FLOAT_EQ(grid.x[1], -3.5F);
    EXPECT_FLOAT_EQ(grid.x[2], 3.325F);
    EXPECT_FLOAT_EQ(grid.x[3], -3.5F);
    EXPECT_GT(run.scene()->data_radius, 2);
}

TEST(Outsourced, RefusesDataSpaceWhereThePriorIsOnlyAMap) {
    for (const std::string sampler : {"tds", "dps", "hmc", "reverse_diffusion"}) {
        Scenario scenario = measured_map("square", 2, sampler, 1, 0.3);
        scenario.sampler.params.set("space", std::string("data"));
        const std::string sentence = refusal(scenario);
        EXPECT_NE(sentence.find("set \"space\" to noise"), std::string::npos) << sampler << ": " << sentence;
    }
}

TEST(Outsourced, WarnsByTheSpreadOfTheNoise) {
    Scenario scenario = test::scene_a("tds");
    scenario.schedule.params.set("sigma_max", 12.0);
    EXPECT_EQ(drift::Run(scenario).scene()->warnings.size(), 1U) << "below ten times the spread of the data";
    scenario.sampler.params.set("space", std::string("noise"));
    EXPECT_TRUE(drift::Run(scenario).scene()->warnings.empty());
    scenario.schedule.params.set("sigma_max", 8.0);
    EXPECT_EQ(drift::Run(scenario).scene()->warnings.size(), 1U);
}

std::vector<std::string> keys() {
    std::vector<std::string> result;
    for (const Item& item : items(Kind::Sampler)) {
        result.push_back(item.key);
    }
    return result;
}

class EverySamplerInNoise : public ::testing::TestWithParam<std::string> {};

/// Few and short steps, whoever decides on them.
void shorten(Scenario& scenario) {
    scenario.schedule.params.set("steps", int64_t{12});
    scenario.particles = 100;
    const std::vector<std::pair<const char*, int64_t>> counts{
        {"steps", 3},       {"rungs", 20},        {"moves_per_step", 1}, {"leapfrogs", 3},  {"inner_steps", 3},
        {"data_steps", 20}, {"latent_steps", 10}, {"ode_steps", 5},      {"iterations", 4}, {"batch", 64}};
    for (const auto& [key, value] : counts) {
        if (scenario.sampler.params.contains(key)) {
            scenario.sampler.params.set(key, value);
        }
    }
}

TEST_P(EverySamplerInNoise, RunsOrIsRefusedWithASentence) {
    std::vector<Scenario> scenarios{affine(GetParam()), measured_map("swirl", 2, GetParam(), 0.8, 0.5)};
    scenarios.push_back(test::scene_a(GetParam()));
    scenarios.back().sampler.params.set("space", std::string("noise"));
    int finished = 0;
    for (size_t i = 0; i < scenarios.size(); ++i) {
        shorten(scenarios[i]);
        try {
            const Samples samples = test::finished(scenarios[i], Precision::Float32).samples();
            for (const float value : samples.values) {
                ASSERT_TRUE(std::isfinite(value)) << i;
            }
            ++finished;
        } catch (const UserError& error) {
            const std::string sentence = error.what();
            EXPECT_GT(i, 0U) << "an affine map keeps every closed form: " << sentence;
            EXPECT_NE(sentence.find('\''), std::string::npos) << "it names what is wrong: " << sentence;
        } catch (const RunError& error) {
            EXPECT_NE(std::string(error.what()).find("step"), std::string::npos) << error.what();
        }
    }
    EXPECT_GT(finished, 0) << "every problem was refused";
}

TEST_P(EverySamplerInNoise, GivesTheSameNumbersOnOneThreadAndOnTwo) {
    Scenario scenario = measured_map("swirl", 2, GetParam(), 0.8, 0.5);
    shorten(scenario);
    scenario.particles = 20000;  // above the size from which LibTorch shares its loops among threads
    scenario.schedule.params.set("steps", int64_t{4});
    const auto run_on = [&](int threads) -> std::vector<float> {
        at::set_num_threads(threads);
        try {
            const Samples samples = test::finished(scenario, Precision::Float32).samples();
            std::vector<float> all = samples.values;
            all.insert(all.end(), samples.latents.begin(), samples.latents.end());
            return all;
        } catch (const UserError&) {
            return {};  // needs a linear measurement
        }
    };
    const int before = at::get_num_threads();
    const std::vector<float> one = run_on(1);
    const std::vector<float> two = run_on(2);
    at::set_num_threads(before);
    EXPECT_TRUE(one == two);
}

INSTANTIATE_TEST_SUITE_P(Catalog, EverySamplerInNoise, ::testing::ValuesIn(keys()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace drift
