#include "core/kernels/ancestors.h"

#include "core/kernels/weights.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace drift::kernels {
namespace {

// specs/guidance.md 2.3
const std::vector<double> test_vector{.05, .05, .1, .1, .1, .1, .2, .3};

std::vector<double> cumulative_of(const std::vector<double>& weights) {
    const auto n = static_cast<int64_t>(weights.size());
    std::vector<double> lw, cumulative(weights.size()), scratch(static_cast<size_t>(weight_scratch_size(n)));
    for (const double each : weights) {
        lw.push_back(std::log(each));
    }
    const double log_sum = summarise_weights({}, n, lw.data(), scratch.data()).log_sum;
    cumulative_weights({}, n, lw.data(), log_sum, cumulative.data(), scratch.data());
    return cumulative;
}

std::vector<int32_t> systematic(const std::vector<double>& cumulative, int64_t children, double offset) {
    std::vector<int32_t> ancestors(static_cast<size_t>(children));
    systematic_ancestors({}, {static_cast<int64_t>(cumulative.size()), children, cumulative.data(), ancestors.data()},
                         offset);
    return ancestors;
}

std::vector<int32_t> stratified(const std::vector<double>& cumulative, int64_t children, uint32_t step) {
    std::vector<int32_t> ancestors(static_cast<size_t>(children));
    stratified_ancestors({}, {static_cast<int64_t>(cumulative.size()), children, cumulative.data(), ancestors.data()},
                         {98, Purpose::Resampling, step});
    return ancestors;
}

std::vector<int32_t> multinomial(const std::vector<double>& cumulative, int64_t children, uint32_t step) {
    std::vector<int32_t> ancestors(static_cast<size_t>(children));
    std::vector<double> positions(static_cast<size_t>(children + 1));
    std::vector<double> scratch(static_cast<size_t>(weight_scratch_size(children + 1)));
    multinomial_ancestors({}, {static_cast<int64_t>(cumulative.size()), children, cumulative.data(), ancestors.data()},
                          {99, Purpose::Resampling, step}, positions.data(), scratch.data());
    return ancestors;
}

std::vector<int64_t> counts(const std::vector<int32_t>& ancestors, size_t parents) {
    std::vector<int64_t> result(parents);
    for (const int32_t each : ancestors) {
        ++result.at(static_cast<size_t>(each));
    }
    return result;
}

struct CountMoments {
    std::vector<double> mean, variance;
    double survivors = 0;        // mean number of parents that have children
    double survivors_error = 0;  // and its standard error
};

template <class Draw>
CountMoments count_moments(int repetitions, const Draw& draw) {
    CountMoments moments{std::vector<double>(8), std::vector<double>(8)};
    std::vector<double> squares(8);
    double survivor_squares = 0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const std::vector<int64_t> count = counts(draw(static_cast<uint32_t>(repetition)), 8);
        for (size_t j = 0; j < 8; ++j) {
            moments.mean[j] += static_cast<double>(count[j]) / repetitions;
            squares[j] += static_cast<double>(count[j] * count[j]) / repetitions;
        }
        const auto survivors = static_cast<double>(8 - std::ranges::count(count, 0));
        moments.survivors += survivors / repetitions;
        survivor_squares += survivors * survivors / repetitions;
    }
    const double spread = std::max(survivor_squares - moments.survivors * moments.survivors, 0.0);
    moments.survivors_error = std::sqrt(spread / repetitions);
    for (size_t j = 0; j < 8; ++j) {
        moments.variance[j] = squares[j] - moments.mean[j] * moments.mean[j];
    }
    return moments;
}

void expect_moments(const CountMoments& moments, int repetitions, double total_variance, double survivors) {
    double sum = 0;
    for (size_t j = 0; j < 8; ++j) {
        const double error = std::sqrt(moments.variance[j] / repetitions);
        EXPECT_NEAR(moments.mean[j], 8 * test_vector[j], 4 * error) << "parent " << j;
        sum += moments.variance[j];
    }
    EXPECT_NEAR(sum, total_variance, .02 * total_variance);
    EXPECT_NEAR(moments.survivors, survivors, 4 * moments.survivors_error + 1e-9);
}

TEST(SystematicAncestors, AverageOverOffsetsToTheWeightsExactly) {
    const std::vector<double> cumulative = cumulative_of(test_vector);
    std::vector<int64_t> sum(8);
    for (const double offset : {.1, .3, .5, .7, .9}) {
        const std::vector<int64_t> count = counts(systematic(cumulative, 8, offset), 8);
        for (size_t j = 0; j < 8; ++j) {
            sum[j] += count[j];
            EXPECT_NEAR(static_cast<double>(count[j]), 8 * test_vector[j], 1);
        }
    }
    for (size_t j = 0; j < 8; ++j) {
        EXPECT_NEAR(static_cast<double>(sum[j]) / 5, 8 * test_vector[j], 1e-12);
    }
}

TEST(SystematicAncestors, HaveTheMomentsOfTheScheme) {
    const std::vector<double> cumulative = cumulative_of(test_vector);
    constexpr int repetitions = 200000;
    const CountMoments moments = count_moments(repetitions, [&](uint32_t step) {
        return systematic(cumulative, 8, uniform({4, Purpose::Resampling, step}, 0, 0));
    });
    expect_moments(moments, repetitions, 1.60, 6);  // sum of min(8 W, 1)
}

TEST(StratifiedAncestors, HaveTheMomentsOfTheScheme) {
    const std::vector<double> cumulative = cumulative_of(test_vector);
    constexpr int repetitions = 200000;
    const CountMoments moments =
        count_moments(repetitions, [&](uint32_t step) { return stratified(cumulative, 8, step); });
    // Of the eighths that a parent reaches into, each misses it on its own: .4 + .4 + .68 + .64 + .68 + .8 + 1 + 1.
    expect_moments(moments, repetitions, 2.40, 5.6);
}

// Children of one parent lie in neighbouring strata, of which the first and the last may miss it.
TEST(StratifiedAncestors, AreWithinTwoOfTheirExpectedNumber) {
    std::vector<double> weights(300);
    double total = 0;
    for (size_t j = 0; j < weights.size(); ++j) {
        weights[j] = std::exp(4 * uniform({9, Purpose::Metric, 0}, j, 0));
        total += weights[j];
    }
    const std::vector<double> cumulative = cumulative_of(weights);
    for (uint32_t step = 0; step < 200; ++step) {
        const std::vector<int64_t> count = counts(stratified(cumulative, 300, step), 300);
        for (size_t j = 0; j < 300; ++j) {
            ASSERT_LT(std::abs(static_cast<double>(count[j]) - 300 * weights[j] / total), 2) << "parent " << j;
        }
    }
}

TEST(MultinomialAncestors, HaveTheMomentsOfTheScheme) {
    const std::vector<double> cumulative = cumulative_of(test_vector);
    constexpr int repetitions = 200000;
    const CountMoments moments =
        count_moments(repetitions, [&](uint32_t step) { return multinomial(cumulative, 8, step); });
    double survivors = 0;
    for (const double weight : test_vector) {
        survivors += 1 - std::pow(1 - weight, 8);
    }
    EXPECT_NEAR(survivors, 4.73, .005);
    expect_moments(moments, repetitions, 6.60, survivors);
}

TEST(MultinomialAncestors, PassTheChiSquareTest) {
    const std::vector<double> cumulative = cumulative_of(test_vector);
    constexpr int64_t children = 400000;
    const std::vector<int64_t> count = counts(multinomial(cumulative, children, 1), 8);
    double statistic = 0;
    for (size_t j = 0; j < 8; ++j) {
        const double expected = children * test_vector[j];
        statistic += (static_cast<double>(count[j]) - expected) * (static_cast<double>(count[j]) - expected) / expected;
    }
    EXPECT_LT(statistic, 29.88);  // p = 1e-4 with 7 degrees of freedom
}

TEST(Ancestors, OfEqualWeightsAreEachParentOnce) {
    const std::vector<double> cumulative = cumulative_of(std::vector<double>(5000, 1. / 3));
    for (const std::vector<int32_t>& ancestors : {systematic(cumulative, 5000, .5), stratified(cumulative, 5000, 1)}) {
        const std::vector<int64_t> count = counts(ancestors, 5000);
        EXPECT_TRUE(std::ranges::all_of(count, [](int64_t each) { return each == 1; }));
    }
}

TEST(Ancestors, OfOneHotWeightsAreAllTheSame) {
    std::vector<double> weights(3000, 0.);
    for (const size_t hot : {size_t{0}, size_t{1500}, size_t{2999}}) {
        weights[hot] = 1e-300;
        const std::vector<double> cumulative = cumulative_of(weights);
        for (const double offset : {0., .5, std::nextafter(1., 0.)}) {
            EXPECT_TRUE(std::ranges::all_of(systematic(cumulative, 3000, offset),
                                            [&](int32_t each) { return each == static_cast<int32_t>(hot); }));
        }
        for (const std::vector<int32_t>& ancestors :
             {multinomial(cumulative, 3000, 2), stratified(cumulative, 3000, 2)}) {
            EXPECT_TRUE(
                std::ranges::all_of(ancestors, [&](int32_t each) { return each == static_cast<int32_t>(hot); }));
        }
        weights[hot] = 0;
    }
}

TEST(Ancestors, NeverHaveWeightZero) {
    std::vector<double> weights(4000);
    for (size_t j = 0; j < weights.size(); ++j) {
        weights[j] = j % 3 == 0 && j < 3500 ? uniform({7, Purpose::Metric, 0}, j, 0) : 0;
    }
    const std::vector<double> cumulative = cumulative_of(weights);
    EXPECT_TRUE(std::ranges::is_sorted(cumulative));
    const auto allowed = [&](int32_t each) { return weights[static_cast<size_t>(each)] > 0; };
    for (const double offset : {0., .3, std::nextafter(1., 0.)}) {
        EXPECT_TRUE(std::ranges::all_of(systematic(cumulative, 4000, offset), allowed));
    }
    EXPECT_TRUE(std::ranges::all_of(multinomial(cumulative, 4000, 3), allowed));
    EXPECT_TRUE(std::ranges::all_of(stratified(cumulative, 4000, 3), allowed));
}

TEST(Ancestors, OfOneParticleAreItself) {
    const std::vector<double> cumulative = cumulative_of({.2});
    EXPECT_EQ(systematic(cumulative, 1, .7), std::vector<int32_t>{0});
    EXPECT_EQ(stratified(cumulative, 1, 1), std::vector<int32_t>{0});
    EXPECT_EQ(multinomial(cumulative, 1, 1), std::vector<int32_t>{0});
}

TEST(Ancestors, MayBeMoreOrFewerThanTheParents) {
    const std::vector<double> cumulative = cumulative_of(test_vector);
    for (const int64_t children : {3, 800}) {
        const std::vector<int32_t> ancestors = systematic(cumulative, children, .5);
        EXPECT_TRUE(std::ranges::is_sorted(ancestors));
        const std::vector<int64_t> count = counts(ancestors, 8);
        for (size_t j = 0; j < 8; ++j) {
            EXPECT_NEAR(static_cast<double>(count[j]), static_cast<double>(children) * test_vector[j], 1);
        }
        EXPECT_TRUE(std::ranges::is_sorted(multinomial(cumulative, children, 4)));
    }
}

TEST(Ancestors, AreThoseFoundByBisectionForAnyNumberOfThreads) {
    std::vector<double> weights(20000);
    for (size_t j = 0; j < weights.size(); ++j) {
        weights[j] = std::exp(8 * uniform({8, Purpose::Metric, 0}, j, 0));
    }
    const int threads = at::get_num_threads();
    at::set_num_threads(1);
    const std::vector<double> cumulative = cumulative_of(weights);
    const std::vector<int32_t> one = systematic(cumulative, 20000, .25);
    const std::vector<int32_t> one_multinomial = multinomial(cumulative, 20000, 5);
    at::set_num_threads(3);
    EXPECT_EQ(cumulative, cumulative_of(weights));
    EXPECT_EQ(one, systematic(cumulative, 20000, .25));
    EXPECT_EQ(one_multinomial, multinomial(cumulative, 20000, 5));
    at::set_num_threads(threads);
    for (size_t i = 0; i < one.size(); ++i) {
        const double position = (static_cast<double>(i) + .25) / 20000 * cumulative.back();
        const auto found = std::ranges::upper_bound(cumulative, position) - cumulative.begin();
        ASSERT_EQ(one[i], found);
    }
}

/// The first parent whose cumulative weight lies above each place.
void expect_found(const std::vector<int32_t>& ancestors, const std::vector<double>& cumulative,
                  const std::function<double(size_t)>& share) {
    for (size_t i = 0; i < ancestors.size(); ++i) {
        const double place = std::min(share(i) * cumulative.back(), std::nextafter(cumulative.back(), 0.0));
        ASSERT_EQ(ancestors[i], std::ranges::upper_bound(cumulative, place) - cumulative.begin()) << i;
    }
}

TEST(Ancestors, AreThoseFoundByBisectionForAnyWeightsAndNumbers) {
    std::vector<double> weights(3000);
    for (size_t j = 0; j < weights.size(); ++j) {
        const double u = uniform({9, Purpose::Metric, 0}, j, 0);
        weights[j] = j < 700 || u < 0.3 ? 0 : std::exp(8 * u);  // whole tiles without a child
    }
    const std::vector<double> cumulative = cumulative_of(weights);
    for (const int64_t children : {1, 7, 256, 1000, 3000, 20000}) {
        const auto number = static_cast<double>(children);
        for (const double offset : {0.0, 0.3, 1 - 0x1p-53}) {
            expect_found(systematic(cumulative, children, offset), cumulative,
                         [&](size_t i) { return (static_cast<double>(i) + offset) / number; });
        }
        expect_found(stratified(cumulative, children, 4), cumulative, [&](size_t i) {
            return (static_cast<double>(i) + uniform({98, Purpose::Resampling, 4}, i, 0)) / number;
        });
    }
}

TEST(Ancestors, OfNoWeightAtAllAreInRange) {
    for (const double total : {0.0, std::numeric_limits<double>::quiet_NaN()}) {
        for (const int32_t each : systematic(std::vector<double>(600, total), 700, 0.5)) {
            ASSERT_TRUE(each >= 0 && each < 600) << each;
        }
    }
}

TEST(GatherRows, CopiesTheRowsOfTheAncestors) {
    const std::vector<float> from{0, 1, 2, 10, 11, 12, 20, 21, 22};
    const std::vector<int32_t> ancestors{2, 0, 0, 1};
    std::vector<float> to(12);
    gather_rows({}, 4, 3, ancestors.data(), from.data(), to.data());
    EXPECT_EQ(to, (std::vector<float>{20, 21, 22, 0, 1, 2, 0, 1, 2, 10, 11, 12}));
    const std::vector<int32_t> eves{5, 6, 7};
    std::vector<int32_t> next(4);
    gather_rows({}, 4, 1, ancestors.data(), eves.data(), next.data());
    EXPECT_EQ(next, (std::vector<int32_t>{7, 5, 5, 6}));
}

}  // namespace
}  // namespace drift::kernels
