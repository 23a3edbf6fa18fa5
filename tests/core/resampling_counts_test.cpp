#include "core/resampling_counts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace drift {
namespace {

using Scheme = void (*)(const kernels::Resampling&, kernels::RandomStream);

std::vector<int64_t> counts(Scheme scheme, const std::vector<double>& weights, uint32_t step) {
    std::vector<double> cumulative;
    double sum = 0;
    for (const double weight : weights) {
        sum += weight;
        cumulative.push_back(sum);
    }
    const auto n = static_cast<int64_t>(weights.size());
    std::vector<int32_t> ancestors(weights.size(), -1);
    scheme({n, n, cumulative.data(), ancestors.data()}, {5, kernels::Purpose::Resampling, step});
    std::vector<int64_t> result(weights.size());
    for (size_t i = 0; i < ancestors.size(); ++i) {
        EXPECT_TRUE(i == 0 || ancestors[i - 1] <= ancestors[i]);
        ++result.at(static_cast<size_t>(ancestors[i]));
    }
    return result;
}

// T14 of guidance.md, on the vector of 2.3: means and variances of the numbers of children, and their bounds.
void expect_scheme(Scheme scheme, double total_variance, int64_t most_above) {
    const std::vector<double> weights{.05, .05, .1, .1, .1, .1, .2, .3};
    constexpr int repetitions = 200000;
    std::vector<double> mean(8), squares(8);
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const std::vector<int64_t> count = counts(scheme, weights, static_cast<uint32_t>(repetition));
        for (size_t j = 0; j < 8; ++j) {
            const auto least = static_cast<int64_t>(std::floor(8 * weights[j] + 1e-9));
            ASSERT_GE(count[j], least);
            ASSERT_LE(count[j], least + most_above);
            mean[j] += static_cast<double>(count[j]) / repetitions;
            squares[j] += static_cast<double>(count[j] * count[j]) / repetitions;
        }
    }
    double sum = 0;
    for (size_t j = 0; j < 8; ++j) {
        const double variance = squares[j] - mean[j] * mean[j];
        EXPECT_NEAR(mean[j], 8 * weights[j], 4 * std::sqrt(variance / repetitions)) << "parent " << j;
        sum += variance;
    }
    EXPECT_NEAR(sum, total_variance, .02 * total_variance);
}

TEST(ResidualAncestors, HaveTheMomentsOfTheScheme) {
    expect_scheme(residual_ancestors, 4.32, 8);
}

TEST(SspAncestors, HaveTheMomentsOfTheScheme) {
    expect_scheme(ssp_ancestors, 1.60, 1);
}

TEST(AncestorsByCounts, HandleTheEdges) {
    for (const Scheme scheme : {residual_ancestors, ssp_ancestors}) {
        EXPECT_EQ(counts(scheme, std::vector<double>(3000, 1. / 3), 1), std::vector<int64_t>(3000, 1));
        std::vector<double> hot(500, 0.);
        hot[123] = 1e-300;
        std::vector<int64_t> all(500);
        all[123] = 500;
        EXPECT_EQ(counts(scheme, hot, 2), all);
        EXPECT_EQ(counts(scheme, {.7}, 3), std::vector<int64_t>{1});
        std::vector<double> some(4000);
        for (size_t j = 0; j < some.size(); ++j) {
            some[j] = j % 3 == 0 ? kernels::uniform({7, kernels::Purpose::Metric, 0}, j, 0) : 0;
        }
        const std::vector<int64_t> count = counts(scheme, some, 4);
        for (size_t j = 0; j < some.size(); ++j) {
            EXPECT_TRUE(some[j] > 0 || count[j] == 0) << j;
        }
    }
}

}  // namespace
}  // namespace drift
