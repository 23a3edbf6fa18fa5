// Short trainings in noise space, beside the tables of trained_samplers.md 6.5 and with its tolerances: log Z to .02,
// means to .03, covariances to .05. Estimates are weighted, so that what a short training leaves undone shows in the
// effective sample size and not in the mean; there are so many samples that the tolerances are several standard errors.
#include "support/settings.h"
#include "support/trained.h"

namespace drift {
namespace {

using test::mean_of;
using test::Trained;
using test::trained;

constexpr int64_t count = 20'000;

Trained trained_for(Scenario scenario, int64_t iterations) {
    scenario.particles = count;
    scenario.sampler.params.set("iterations", iterations);
    return trained(scenario);
}

/// Mean and covariance of weighted rows.
struct Spread {
    torch::Tensor mean, covariance;
};
Spread spread_of(const std::vector<float>& rows, const std::vector<double>& log_weights) {
    const torch::Tensor w = torch::tensor(log_weights, torch::kFloat64).exp();
    const torch::Tensor x = torch::tensor(rows).to(torch::kFloat64).view({w.size(0), -1});
    const torch::Tensor mean = w.matmul(x);
    const torch::Tensor apart = x - mean;
    return {mean, apart.t().matmul(apart * w.unsqueeze(1))};
}

void expect_spread(const Spread& found, std::vector<double> mean, std::vector<double> covariance) {
    EXPECT_LT(test::largest(found.mean - torch::tensor(mean, torch::kFloat64)), 0.03) << found.mean;
    if (!covariance.empty()) {
        EXPECT_LT(test::largest(found.covariance.flatten() - torch::tensor(covariance, torch::kFloat64)), 0.05)
            << found.covariance;
    }
}

TEST(Outsourced, LearnsTheLinearProblem) {
    const Trained result = trained_for(test::linear_outsourced("outsourced"), 500);
    const Summary& summary = result.summary;
    EXPECT_NEAR(summary.exact_log_z, -2.1154217, 1e-6);
    EXPECT_NEAR(summary.log_z, -2.1154217, 0.02);
    EXPECT_GT(summary.ess, 0.75 * count);
    EXPECT_LT(summary.log_z_lower, summary.exact_log_z + 0.01);
    EXPECT_GT(summary.log_z_upper, summary.exact_log_z - 0.01);
    // What the best drift leaves in 25 steps of fixed variance, and .05.
    EXPECT_GT(summary.log_z_lower, summary.exact_log_z - 0.186 - 0.05);
    EXPECT_LT(summary.log_z_upper, summary.exact_log_z + 0.186 + 0.05);
    const Samples& samples = result.samples;
    expect_spread(spread_of(samples.latents, samples.log_weights), {.444444, .666667, -.444444},
                  {.777778, -.333333, .222222, -.333333, .5, .333333, .222222, .333333, .777778});
    expect_spread(spread_of(samples.values, samples.log_weights), {1.277778, .611111},
                  {.569444, -.472222, -.472222, .611111});
    EXPECT_GT(summary.training_seconds, 0);
}

// At other powers of the likelihood samples, log Z and its exact line are of r^beta.
TEST(Outsourced, SamplesThePowerOfTheLikelihoodThatBetaEndsAt) {
    struct Row {
        const char* beta;
        double log_z, floor;  // of either bound where the variance is fixed
        std::vector<double> mean;
    };
    const std::vector<Row> rows{{"0.25", -1.2665143, .050, {.380952, .571429, -.380952}},
                                {"4", -3.4839868, .58, {.463768, .695652, -.463768}}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.beta);
        Scenario scenario = test::linear_outsourced("outsourced");
        test::set_values(scenario, {{"sampler.beta", row.beta}});
        const Trained result = trained_for(scenario, 500);
        EXPECT_NEAR(result.summary.exact_log_z, row.log_z, 1e-6);
        EXPECT_NEAR(result.summary.log_z, row.log_z, 0.02);
        EXPECT_LT(result.summary.log_z_lower, row.log_z + 0.02);
        EXPECT_GT(result.summary.log_z_upper, row.log_z - 0.02);
        EXPECT_GT(result.summary.log_z_lower, row.log_z - row.floor - 0.05);
        EXPECT_LT(result.summary.log_z_upper, row.log_z + row.floor + 0.05);
        EXPECT_GT(result.summary.ess, 0.5 * count);  // of a sixth of the iterations of 6.5
        expect_spread(spread_of(result.samples.latents, result.samples.log_weights), row.mean, {});
    }
}

// Without a reward the policy stays the reference to the last digit.
TEST(Outsourced, LearnsNothingOfNoReward) {
    Scenario scenario = test::linear_outsourced("outsourced");
    test::set_values(scenario, {{"sampler.beta", "0"}, {"sampler.iterations", "20"}, {"particles", "1000"}});
    const Summary summary = trained(scenario).summary;
    EXPECT_EQ(summary.exact_log_z, 0);
    EXPECT_EQ(summary.log_z, 0);
    EXPECT_EQ(summary.log_z_lower, 0);
    EXPECT_EQ(summary.log_z_upper, 0);
    EXPECT_NEAR(summary.ess, 1000, 1e-6);
}

// Either sign explains the square, the more sharply the less noise there is.
TEST(Outsourced, FindsBothRootsOfASquare) {
    struct Row {
        double noise, log_z, modulus, square, deviation;
        int64_t iterations;
    };
    for (const Row& row : {Row{0.5, -2.1693276, 1.325183, 1.797206, .514598, 500},
                           Row{0.1, -2.2620636, 1.411108, 1.992484, .100064, 800}}) {
        SCOPED_TRACE(row.noise);
        const Trained result = trained_for(test::measured_map("square", 1, "outsourced", 2, row.noise), row.iterations);
        const Summary& summary = result.summary;
        const auto mean = [&](const auto& g) {
            return mean_of(result.samples, [&](const float* z) { return g(static_cast<double>(z[0])); });
        };
        EXPECT_NEAR(summary.exact_log_z, row.log_z, 1e-4);
        EXPECT_NEAR(summary.log_z, row.log_z, 0.02);
        EXPECT_NEAR(mean([](double z) { return z > 0 ? 1.0 : 0.0; }), 0.5, 0.05);
        EXPECT_NEAR(mean([](double z) { return std::abs(z); }), row.modulus, 0.03);
        EXPECT_NEAR(mean([](double z) { return z * z; }), row.square, 0.03);
        EXPECT_NEAR(std::sqrt(mean([&](double z) { return std::pow(z * z - row.square, 2); })), row.deviation,
                    0.05 * row.deviation);
        EXPECT_GT(summary.ess, 0.5 * count);
        EXPECT_LT(summary.sliced_w1, 3 * summary.sliced_w1_floor) << "against exact draws, as f sees them";
    }
}

TEST(Outsourced, FindsTheWholeRing) {
    const Trained result = trained_for(test::measured_map("ring", 2, "outsourced", 2, 0.2), 500);
    const Summary& summary = result.summary;
    const double radius = mean_of(result.samples, [](const float* z) { return std::hypot(z[0], z[1]); });
    const double square = mean_of(result.samples, [](const float* z) { return z[0] * z[0] + z[1] * z[1]; });
    EXPECT_NEAR(summary.log_z, -1.2887608, 0.02);
    EXPECT_NEAR(radius, 1.943077, 0.03);
    EXPECT_NEAR(std::sqrt(square - radius * radius), .195094, 0.05 * .195094);
    EXPECT_LT(test::unevenness_of_angles(result.samples), 2.23 / std::sqrt(summary.ess)) << "p = 1e-4 of Kolmogorov";
    EXPECT_GT(summary.ess, 0.5 * count);
}

struct Beyond {
    double a, log_z, mean, variance;
    int64_t iterations;
};

/// r = 1[z_1 > a]: log Z = ln Phi(-a), with what the floor lets through.
class RareHalfSpace : public ::testing::TestWithParam<Beyond> {};

// At 3 the prior meets it once in 741 draws.
TEST_P(RareHalfSpace, IsReached) {
    const auto [a, log_z, mean, variance, iterations] = GetParam();
    Scenario scenario = test::rare_half_space("outsourced", a);
    test::set_values(scenario, {{"sampler.sources.buffer", "0.3"}});
    const Trained result = trained_for(scenario, iterations);
    const Spread found = spread_of(result.samples.latents, result.samples.log_weights);
    const double share = result.summary.ess / count, error = 4 / std::sqrt(result.summary.ess);
    EXPECT_GT(share, 0.15);
    EXPECT_NEAR(result.summary.log_z, log_z, 4 * std::sqrt((1 / share - 1) / count));
    EXPECT_NEAR(found.mean[0].item<double>(), mean, error * std::sqrt(variance));
    EXPECT_NEAR(found.covariance[0][0].item<double>(), variance, error * std::sqrt(8.0) * variance)
        << "kurtosis below 9";
    EXPECT_NEAR(found.mean[1].item<double>(), 0, error);
    EXPECT_NEAR(found.covariance[1][1].item<double>(), 1, error * std::sqrt(2.0));
}

INSTANTIATE_TEST_SUITE_P(At, RareHalfSpace,
                         ::testing::Values(Beyond{0, -.693147, .797885, .363380, 150},
                                           Beyond{1, -1.841022, 1.525135, .199098, 200},
                                           Beyond{2, -3.783184, 2.373216, .114279, 300},
                                           Beyond{3, -6.607726, 3.283099, .070559, 700}));

}  // namespace
}  // namespace drift
