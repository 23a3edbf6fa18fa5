#include "support/random_mixtures.h"

#include "core/run.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

TEST(RandomMixture, MeasuresOrthogonalDirectionsWithGainsAroundOne) {
    for (const auto& [d, m] : std::vector<std::pair<int64_t, int64_t>>{{2, 1}, {2, 2}, {8, 4}, {80, 4}}) {
        const test::RandomMixture problem = test::random_mixture(d, m, 3);
        const torch::Tensor gram = problem.matrix.matmul(problem.matrix.t());
        EXPECT_LT((gram - at::diag(at::diagonal(gram))).abs().max().item<double>(), 1e-12);
        EXPECT_GE(at::diagonal(gram).min().item<double>(), 0.25);
        EXPECT_LE(at::diagonal(gram).max().item<double>(), 2.25);
        EXPECT_NEAR(problem.weights.sum().item<double>(), 1, 1e-12);
        EXPECT_GT(problem.weights.min().item<double>(), 0);
    }
}

TEST(RandomMixture, HasModesAndWeightsOfItsDistributions) {
    double squares = 0;
    double weight_squares = 0;
    constexpr int problems = 400;
    for (uint64_t number = 0; number < problems; ++number) {
        const test::RandomMixture problem = test::random_mixture(2, 1, number);
        squares += problem.means.square().mean().item<double>() / problems;
        weight_squares += problem.weights.square().sum().item<double>() / problems;
    }
    EXPECT_NEAR(squares, 16, 4 * 16 * std::sqrt(2.0 / (16 * problems)));
    // Dirichlet(2) of 8: E sum w^2 = 3 / 17; one problem varies by about .04.
    EXPECT_NEAR(weight_squares, 3.0 / 17, 4 * 0.04 / std::sqrt(problems));
}

TEST(RandomMixture, IsAProblemWithAnExactAnswerAndAnUnbiasedStart) {
    const Scenario scenario = test::random_mixture_scenario(test::random_mixture(8, 2, 5), "tds");
    const drift::Run run(scenario);
    EXPECT_TRUE(run.scene()->exact_log_z.has_value());
    EXPECT_TRUE(run.scene()->warnings.empty());
}

}  // namespace
}  // namespace drift
