// Methods in noise space: the exact answers of affine maps, and the clusters of maps that fold.
#include "core/measured.h"
#include "support/noise_space.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::largest;
using test::linear_outsourced;
using test::measured_map;
using test::noise_task;
using test::of_latent;

// trained_samplers.md 6.5.
TEST(Outsourced, AffineMapUnderALinearMeasurementHasEveryClosedForm) {
    const Task task = noise_task(linear_outsourced("tds"));
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
    const Task task = noise_task(linear_outsourced("tds"));
    const Condition& condition = *task.problem.condition;
    const LinearGaussian& linear = *condition.linear();
    const torch::Tensor z = cloud(20, 3, 1);
    EXPECT_EQ(condition.measured()->A, linear.A);
    const torch::Tensor e = linear.y - linear.A->forward(z);
    EXPECT_LT(largest(condition.gradient(z), linear.A->adjoint(e) / 0.25), 1e-12);
}

class AffineInNoise : public ::testing::TestWithParam<std::string> {};

TEST_P(AffineInNoise, ReachesTheExactPosteriorInBothSpaces) {
    Scenario scenario = linear_outsourced(GetParam());
    scenario.particles = 4000;
    scenario.schedule.params.set("steps", int64_t{100});
    scenario.schedule.params.set("sigma_min", 0.01);
    if (scenario.sampler.params.contains("steps")) {  // moves along a gradient alone need more
        scenario.sampler.params.set("steps", GetParam() == "hmc" ? int64_t{10} : int64_t{120});
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

INSTANTIATE_TEST_SUITE_P(Samplers, AffineInNoise, ::testing::Values("tds", "smc", "ais", "hmc", "mala", "ula"),
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

}  // namespace
}  // namespace drift
