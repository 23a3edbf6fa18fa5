#include "core/resampling_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
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
struct Expected {
    double variance;       // of the numbers of children, summed over the parents
    double survivors;      // mean number of parents that have children
    int64_t below, above;  // at most so many fewer or more children than floor(n W)
};
void expect_scheme(Scheme scheme, const Expected& expected) {
    const std::vector<double> weights{.05, .05, .1, .1, .1, .1, .2, .3};
    constexpr int repetitions = 200000;
    std::vector<double> mean(8), squares(8);
    double survivors = 0, survivor_squares = 0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const std::vector<int64_t> count =
            counts(scheme, weights, static_cast<uint32_t>(repetition), scheme != killing_ancestors);
        for (size_t j = 0; j < 8; ++j) {
            const auto least = static_cast<int64_t>(std::floor(8 * weights[j] + 1e-9));
            ASSERT_GE(count[j], least - expected.below);
            ASSERT_LE(count[j], least + expected.above);
            mean[j] += static_cast<double>(count[j]) / repetitions;
            squares[j] += static_cast<double>(count[j] * count[j]) / repetitions;
        }
        const auto alive = static_cast<double>(8 - std::ranges::count(count, 0));
        survivors += alive / repetitions;
        survivor_squares += alive * alive / repetitions;
    }
    double sum = 0;
    for (size_t j = 0; j < 8; ++j) {
        const double variance = squares[j] - mean[j] * mean[j];
        EXPECT_NEAR(mean[j], 8 * weights[j], 4 * std::sqrt(variance / repetitions)) << "parent " << j;
        sum += variance;
    }
    EXPECT_NEAR(sum, expected.variance, .02 * expected.variance);
    const double spread = std::max(survivor_squares - survivors * survivors, 0.0);
    EXPECT_NEAR(survivors, expected.survivors, 4 * std::sqrt(spread / repetitions) + 1e-9);
}

TEST(ResidualAncestors, HaveTheMomentsOfTheScheme) {
    // Two parents are sure of theirs; five draws are left for fractions of .4, .4 and four of .8, of 5 in all.
    const double survivors = 2 + 2 * (1 - std::pow(.92, 5)) + 4 * (1 - std::pow(.84, 5));
    EXPECT_NEAR(survivors, 5.01, .005);
    expect_scheme(residual_ancestors, {4.32, survivors, 0, 8});
}

TEST(SspAncestors, HaveTheMomentsOfTheScheme) {
    expect_scheme(ssp_ancestors, {1.60, 6, 0, 1});  // survivors: the sum of min(8 W, 1)
}

TEST(KillingAncestors, HaveTheMomentsOfTheScheme) {
    // Parent j is gone if it dies, which it does with probability 1 - W_j / .3, and no dead one draws it.
    const std::vector<double> weights{.05, .05, .1, .1, .1, .1, .2, .3};
    double survivors = 8;
    for (size_t j = 0; j < 8; ++j) {
        double gone = (1 - weights[j] / .3) * (1 - weights[j]);
        for (size_t i = 0; i < 8; ++i) {
            gone *= i == j ? 1 : 1 - (1 - weights[i] / .3) * weights[j];
        }
        survivors -= gone;
    }
    EXPECT_NEAR(survivors, 5.01, .005);
    expect_scheme(killing_ancestors, {5.18, survivors, 8, 8});
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
