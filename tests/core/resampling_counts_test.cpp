#include "core/resampling_counts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace drift {
namespace {

using Scheme = void (*)(const kernels::Resampling&, kernels::RandomStream);

std::vector<int64_t> counts(Scheme scheme, const std::vector<double>& weights, uint32_t step, bool sorted = true) {
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
        EXPECT_TRUE(!sorted || i == 0 || ancestors[i - 1] <= ancestors[i]);
        ++result.at(static_cast<size_t>(ancestors[i]));
    }
    return result;
}

// T14 of guidance.md, on the vector of 2.3: means and variances of the numbers of children, and their bounds.
void expect_scheme(Scheme scheme, double total_variance, int64_t most_below, int64_t most_above) {
    const std::vector<double> weights{.05, .05, .1, .1, .1, .1, .2, .3};
    constexpr int repetitions = 200000;
    std::vector<double> mean(8), squares(8);
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const std::vector<int64_t> count =
            counts(scheme, weights, static_cast<uint32_t>(repetition), scheme != killing_ancestors);
        for (size_t j = 0; j < 8; ++j) {
            const auto least = static_cast<int64_t>(std::floor(8 * weights[j] + 1e-9));
            ASSERT_GE(count[j], least - most_below);
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
    expect_scheme(residual_ancestors, 4.32, 0, 8);
}

TEST(SspAncestors, HaveTheMomentsOfTheScheme) {
    expect_scheme(ssp_ancestors, 1.60, 0, 1);
}

TEST(KillingAncestors, HaveTheMomentsOfTheScheme) {
    expect_scheme(killing_ancestors, 5.18, 8, 8);
}

TEST(KillingAncestors, KeepTheirPlacesWhereTheyLive) {
    const std::vector<double> cumulative{.2, .4, .4, .6, .8};  // weights .2, .2, 0, .2, .2
    for (uint32_t step = 0; step < 50; ++step) {
        std::vector<int32_t> ancestors(5, -1);
        killing_ancestors({5, 5, cumulative.data(), ancestors.data()}, {5, kernels::Purpose::Resampling, step});
        EXPECT_NE(ancestors[2], 2);
        ancestors[2] = 2;
        EXPECT_EQ(ancestors, (std::vector<int32_t>{0, 1, 2, 3, 4}));
    }
}

TEST(AncestorsByCounts, HandleTheEdges) {
    for (const Scheme scheme : {residual_ancestors, ssp_ancestors, killing_ancestors}) {
        const bool sorted = scheme != killing_ancestors;
        EXPECT_EQ(counts(scheme, std::vector<double>(3000, 1. / 3), 1, sorted), std::vector<int64_t>(3000, 1));
        std::vector<double> hot(500, 0.);
        hot[123] = 1e-300;
        std::vector<int64_t> all(500);
        all[123] = 500;
        EXPECT_EQ(counts(scheme, hot, 2, sorted), all);
        EXPECT_EQ(counts(scheme, {.7}, 3, sorted), std::vector<int64_t>{1});
        std::vector<double> some(4000);
        for (size_t j = 0; j < some.size(); ++j) {
            some[j] = j % 3 == 0 ? kernels::uniform({7, kernels::Purpose::Metric, 0}, j, 0) : 0;
        }
        const std::vector<int64_t> count = counts(scheme, some, 4, sorted);
        for (size_t j = 0; j < some.size(); ++j) {
            EXPECT_TRUE(some[j] > 0 || count[j] == 0) << j;
        }
    }
}

}  // namespace
}  // namespace drift
