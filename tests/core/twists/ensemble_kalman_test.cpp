#include "core/twists/gradient_free.h"
#include "support/disguise.h"
#include "support/problems.h"
#include "support/twists.h"

namespace drift {
namespace {

using test::cloud;
using test::evaluate;
using test::largest;

constexpr double variance = 0.7;
constexpr double sigma = 0.9;

Problem seen_with_noise() {
    return test::task(test::t9_scenario("dps")).problem;
}

/// Draws of the Gaussian prior of t9_scenario under noise sigma.
torch::Tensor noisy_draws(int64_t n) {
    return cloud(n, 2, std::sqrt(variance + sigma * sigma)) + torch::tensor({0.5, -0.3}, torch::kFloat64);
}

/// Cov(a, b) over rows.
torch::Tensor covariance(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - a.mean(0)).t().matmul(b - b.mean(0)) / static_cast<double>(a.size(0));
}

struct Seen {
    torch::Tensor u, e;
    double noise_squared = 0;
};

Seen seen(const Problem& problem, const torch::Tensor& denoised) {
    const LinearGaussian& measurement = *problem.condition->linear();
    const torch::Tensor u = measurement.A->forward(denoised);
    return {u, measurement.y - u, measurement.noise * measurement.noise};
}

Problem two_measurements() {
    Scenario scenario = test::scene_a("dps");
    scenario.condition.params.set("matrix", Array{{2, 2}, {1, 0.4, -0.3, 1.2}});
    scenario.condition.params.set("observation", test::vector({-1, 0.7}));
    return test::task(scenario).problem;
}

TEST(EnsembleTwist, IsTheKalmanGainOfItsEnsemble) {
    const Problem problem = two_measurements();
    const torch::Tensor x = cloud(300, 2, 3);
    const Evaluation out = evaluate(*ensemble_twist(test::opaque(problem), {}), x, sigma);
    const Seen measured = seen(problem, out.denoised);
    const double size = covariance(out.denoised, out.denoised).trace().item<double>() / 2;
    const double scale = denoised_variance(sigma, problem.prior->data_variance()) / size;
    const torch::Tensor shared = covariance(out.denoised, measured.u) * scale;
    const torch::Tensor total =
        covariance(measured.u, measured.u) * scale + measured.noise_squared * torch::eye(2, torch::kFloat64);
    const torch::Tensor gain = shared.matmul(at::linalg_inv(total));
    EXPECT_LT(largest(out.pull, measured.e.matmul(gain.t())), 1e-10);
    EXPECT_GT(out.pull.abs().max().item<double>(), 0.1);
}

// With the exact gain D + K (y - A D) is E[x0 | x, y] for a Gaussian prior. The gain of an ensemble is off by
// sqrt((V_d1 V_u + C_1u^2 + V_d2 V_u + C_2u^2) / n) / |C_du| = 1.73 / sqrt(n) here.
TEST(EnsembleTwist, LeadsToThePosteriorMeanOfAGaussian) {
    const Problem problem = seen_with_noise();
    const auto pigdm = linear_twist(problem, {ErrorModel::Pigdm, PullForm::Score, variance});
    for (const int64_t n : {500, 20000}) {
        const torch::Tensor x = noisy_draws(n);
        const torch::Tensor pull = evaluate(*ensemble_twist(problem, {}), x, sigma).pull;
        const torch::Tensor exact = evaluate(*pigdm, x, sigma).pull;
        EXPECT_LT((pull - exact).norm().item<double>(),
                  4 * 1.73 / std::sqrt(static_cast<double>(n)) * exact.norm().item<double>());
    }
}

TEST(EnsembleTwist, NormalisesByTheMatrixOfAllPairs) {
    const Problem problem = two_measurements();
    const torch::Tensor x = cloud(40, 2, 3);
    EnsembleOptions options;
    options.gain = false;
    const Evaluation out = evaluate(*ensemble_twist(problem, options), x, sigma);
    const Seen measured = seen(problem, out.denoised);
    const torch::Tensor g = measured.e / measured.noise_squared;
    const torch::Tensor pairs = g.matmul((measured.u - measured.u.mean(0)).t()) / 40;
    const torch::Tensor shift = pairs.matmul(out.denoised - out.denoised.mean(0)) / pairs.norm();
    EXPECT_LT(largest(out.pull, shift), 1e-10);
    EXPECT_GT(out.pull.abs().max().item<double>(), 0.1);
}

TEST(EnsembleTwist, KeepsGroupsApart) {
    const Problem problem = two_measurements();
    const torch::Tensor x = cloud(25, 2, 3);
    for (const bool gain : {true, false}) {
        EnsembleOptions options;
        options.gain = gain;
        const auto whole = ensemble_twist(problem, options);
        options.ensemble = 12;  // two groups, of 12 and 13
        const torch::Tensor pull = evaluate(*ensemble_twist(problem, options), x, sigma).pull;
        for (const auto& [begin, end] : std::vector<std::pair<int64_t, int64_t>>{{0, 12}, {12, 25}}) {
            const torch::Tensor alone = evaluate(*whole, x.slice(0, begin, end), sigma).pull;
            EXPECT_LT(largest(pull.slice(0, begin, end), alone), 1e-12);
        }
        EXPECT_GT(largest(pull, evaluate(*whole, x, sigma).pull), 1e-3);
    }
}

TEST(EnsembleTwist, LeavesOutParticlesThatAreNotFinite) {
    const Problem problem = seen_with_noise();
    torch::Tensor x = cloud(30, 2, 2);
    for (const bool gain : {true, false}) {
        EnsembleOptions options;
        options.gain = gain;
        const auto twist = ensemble_twist(problem, options);
        const torch::Tensor others = evaluate(*twist, x.slice(0, 0, 29), sigma).pull;
        torch::Tensor broken = x.clone();
        broken[29][0] = INFINITY;
        const torch::Tensor pull = evaluate(*twist, broken, sigma).pull;
        EXPECT_LT(largest(pull.slice(0, 0, 29), others), 1e-12);
    }
}

// One particle has no spread to move along.
TEST(EnsembleTwist, DoesNotMoveASingleParticle) {
    for (const bool gain : {true, false}) {
        EnsembleOptions options;
        options.gain = gain;
        const torch::Tensor pull = evaluate(*ensemble_twist(seen_with_noise(), options), cloud(1, 2, 2), sigma).pull;
        EXPECT_EQ(pull.abs().max().item<double>(), 0);
    }
}

TEST(EnsembleTwist, NeedsAMeasurement) {
    try {
        ensemble_twist(test::black_box(seen_with_noise()), {});
        FAIL();
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("'sampler.type' is ensemble_kalman"), std::string::npos);
    }
    EXPECT_FALSE(ensemble_twist(test::task(test::scenario("gaussian", "none", "dps")).problem, {})->has_pull());
}

// In one dimension the covariance has no shape, so that under the same noise the run is that of exact guidance.
TEST(EnsembleKalman, IsExactGuidanceInOneDimension) {
    Scenario kalman = test::line_scenario("ensemble_kalman", 1.5, 0.1, 40);
    Scenario exact = test::line_scenario("pigdm", 1.5, 0.1, 40);
    kalman.particles = exact.particles = 50;
    const Samples a = test::finished(kalman).samples();
    const Samples b = test::finished(exact).samples();
    for (size_t i = 0; i < a.values.size(); ++i) {
        EXPECT_NEAR(a.values[i], b.values[i], 1e-5);
    }
}

// In two the ensemble grows narrow along what was measured, and its gain with it: it stops short of the posterior mean
// (1.4748, 0.0908), on the way there from the prior's (0.5, -0.3).
TEST(EnsembleKalman, MovesTowardsThePosteriorMeanOfAGaussian) {
    Scenario scenario = test::t9_scenario("ensemble_kalman");
    scenario.particles = 5000;
    const Samples samples = test::finished(scenario).samples();
    const double first = (test::moments(samples, 0).mean - 0.5) / 0.9748;
    const double second = (test::moments(samples, 1).mean + 0.3) / 0.3908;
    for (const double share : {first, second}) {
        EXPECT_GT(share, 0.85);
        EXPECT_LT(share, 1.1);
    }
}

TEST(EnsembleKalman, EndsCloserToTheObservationThanThePrior) {
    Scenario scenario = test::scene_a("ensemble_kalman");
    scenario.particles = 1000;
    const double guided = test::finished(scenario).summary().residual;
    scenario.sampler.params.set("guidance", Curve(0));
    const double plain = test::finished(scenario).summary().residual;
    EXPECT_LT(guided, 0.6 * plain);
}

}  // namespace
}  // namespace drift
