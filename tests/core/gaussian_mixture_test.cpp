#include "core/gaussian_mixture.h"

#include "support/problems.h"

#include <torch/types.h>  // nested lists in torch::tensor

namespace drift {
namespace {

/// Three components of general shape in three dimensions.
GaussianMixture general_mixture() {
    GaussianMixture mixture;
    mixture.weights = torch::tensor({0.2, 0.5, 0.3}, torch::kFloat64);
    mixture.means = torch::tensor({{1.0, 0.0, -1.0}, {-2.0, 0.5, 0.0}, {0.3, 2.0, 1.0}}, torch::kFloat64);
    const torch::Tensor factor = torch::tensor({{0.5, 0.0, 0.0}, {0.2, 0.4, 0.0}, {-0.1, 0.3, 0.6}}, torch::kFloat64);
    const torch::Tensor one = factor.matmul(factor.t());
    mixture.covariances = torch::stack({one, 2 * one, 0.3 * torch::eye(3, torch::kFloat64)});
    mixture.kind = CovarianceKind::Full;
    return mixture;
}

torch::Tensor points() {
    return torch::tensor({{0.1, 0.4, -0.3}, {1.5, -2.0, 0.7}, {-3.0, 0.2, 0.1}}, torch::kFloat64);
}

/// d log p_sigma / dx by central differences, [n, d].
torch::Tensor numerical_score(const GaussianMixture& mixture, const torch::Tensor& x, double sigma) {
    const double h = 1e-5;
    torch::Tensor score = torch::empty_like(x);
    for (int64_t c = 0; c < x.size(1); ++c) {
        torch::Tensor step = torch::zeros_like(x);
        step.select(1, c) = h;
        score.select(1, c) = (mixture.log_density(x + step, sigma) - mixture.log_density(x - step, sigma)) / (2 * h);
    }
    return score;
}

// T1 and O2 of guidance.md 6: D = x + sigma^2 grad log p_sigma.
TEST(GaussianMixture, DenoisesByTheScoreOfItsNoisyDensity) {
    const GaussianMixture mixture = general_mixture();
    for (const double sigma : {0.1, 0.7, 5.0}) {
        const torch::Tensor by_score = points() + sigma * sigma * numerical_score(mixture, points(), sigma);
        EXPECT_LT((mixture.denoise(points(), sigma) - by_score).abs().max().item<double>(), 1e-6) << sigma;
    }
}

// T1: Cov[x0 | x] = sigma^2 dD/dx, symmetric and positive.
TEST(GaussianMixture, HasTheTweedieCovariance) {
    const GaussianMixture mixture = general_mixture();
    const double sigma = 0.8;
    const double h = 1e-5;
    const torch::Tensor covariance = mixture.denoised_covariance(points(), sigma);
    torch::Tensor numerical = torch::empty_like(covariance);
    for (int64_t c = 0; c < 3; ++c) {
        torch::Tensor step = torch::zeros_like(points());
        step.select(1, c) = h;
        numerical.select(2, c) = sigma * sigma *
                                 (mixture.denoise(points() + step, sigma) - mixture.denoise(points() - step, sigma)) /
                                 (2 * h);
    }
    EXPECT_LT((covariance - numerical).abs().max().item<double>(), 1e-6);
    EXPECT_LT((covariance - covariance.transpose(1, 2)).abs().max().item<double>(), 1e-12);
    EXPECT_TRUE(at::diagonal(covariance, 0, 1, 2).sum(1).ge(0).all().item<bool>());
}

// O3 against brute force: E[x0 | y] and log Z by a sum over a fine grid in the plane.
TEST(GaussianMixture, HasTheExactPosteriorOfALinearMeasurement) {
    const Task task = test::task(test::scene_a("tds"));
    const MixturePosterior& exact = *task.problem.exact;
    const int64_t side = 801;
    const torch::Tensor axis = torch::linspace(-8, 8, side, torch::kFloat64);
    const auto grid = torch::meshgrid({axis, axis}, "ij");
    const torch::Tensor x = torch::stack({grid[0].reshape(-1), grid[1].reshape(-1)}, 1);
    const torch::Tensor log_joint =
        task.problem.prior->mixture()->log_density(x) + task.problem.condition->log_likelihood(x);
    const double cell = std::pow(16.0 / static_cast<double>(side - 1), 2);
    const double log_z = log_joint.logsumexp(0).item<double>() + std::log(cell);
    EXPECT_NEAR(exact.log_z, log_z, 1e-6);
    EXPECT_NEAR(exact.log_z, -2.8763, 1e-4);  // guidance.md 1.9
    const torch::Tensor mean = (log_joint.softmax(0).unsqueeze(1) * x).sum(0);
    const torch::Tensor ours = exact.posterior.weights.matmul(exact.posterior.means);
    EXPECT_LT((mean - ours).abs().max().item<double>(), 1e-5);
    EXPECT_NEAR(exact.posterior.weights[0].item<double>(), 0.038, 5e-4);
    EXPECT_NEAR(exact.posterior.weights[1].item<double>(), 0.962, 5e-4);
}

// guidance.md 2.7: prior 3 x 3 modes at spacing 4, variance .3, A = [1, .5], y = 3, sigma_y^2 = .2.
TEST(GaussianMixture, ReproducesTheEvidenceOfTheNineModeToy) {
    Scenario scenario = test::scenario("gaussian_mixture", "linear_gaussian", "tds");
    Array means{{9, 2}, {}};
    for (int i = -1; i <= 1; ++i) {
        for (int j = -1; j <= 1; ++j) {
            means.data.insert(means.data.end(), {4.0 * i, 4.0 * j});
        }
    }
    scenario.prior.params.set("means", means);
    scenario.prior.params.set("weights", Array{{0}, {}});
    scenario.prior.params.set("covariance", Array{{}, {0.3}});
    scenario.condition.params.set("matrix", test::row({1, 0.5}));
    scenario.condition.params.set("observation", test::vector({3}));
    scenario.condition.params.set("noise", std::sqrt(0.2));
    EXPECT_NEAR(test::task(scenario).problem.exact->log_z, -2.60979, 1e-5);
}

TEST(GaussianMixture, HasTheExactLikelihoodOfANoisyState) {
    // Integrated over p(x_sigma), p(y | x_sigma) is p(y): on a grid, in the plane.
    const Task task = test::task(test::scene_a("tds"));
    const GaussianMixture& prior = *task.problem.prior->mixture();
    const double sigma = 0.9;
    const torch::Tensor axis = torch::linspace(-12, 12, 601, torch::kFloat64);
    const auto grid = torch::meshgrid({axis, axis}, "ij");
    const torch::Tensor x = torch::stack({grid[0].reshape(-1), grid[1].reshape(-1)}, 1);
    const torch::Tensor log_twist = exact_log_twist(prior, *task.problem.condition->linear(), x, sigma);
    const double log_z =
        (prior.log_density(x, sigma) + log_twist).logsumexp(0).item<double>() + 2 * std::log(24.0 / 600);
    EXPECT_NEAR(log_z, task.problem.exact->log_z, 1e-6);
}

TEST(GaussianMixture, SamplesItself) {
    const GaussianMixture mixture = general_mixture();
    const int64_t n = 200000;
    const torch::Tensor x = mixture.sample(n, Random{5}, kernels::Purpose::Metric);
    const torch::Tensor mean = mixture.weights.matmul(mixture.means);
    const torch::Tensor apart = mixture.means - mean;
    const torch::Tensor covariance =
        (mixture.weights.view({-1, 1, 1}) * (mixture.covariances + apart.unsqueeze(2) * apart.unsqueeze(1))).sum(0);
    const torch::Tensor error = (x.mean(0) - mean) / (at::diagonal(covariance) / n).sqrt();
    EXPECT_LT(error.abs().max().item<double>(), 4) << "in standard errors";
    const torch::Tensor centred = x - mean;
    const torch::Tensor measured = centred.t().matmul(centred) / n;
    EXPECT_LT((measured - covariance).abs().max().item<double>(), 0.05);
    // Row i does not depend on how many rows there are.
    EXPECT_TRUE(torch::equal(mixture.sample(100, Random{5}, kernels::Purpose::Metric), x.slice(0, 0, 100)));
    EXPECT_NEAR(mixture.data_variance(), at::diagonal(covariance).mean().item<double>(), 1e-12);
}

}  // namespace
}  // namespace drift
