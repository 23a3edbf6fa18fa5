#include "core/kernels/weights.h"

#include "core/kernels/normals.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace drift::kernels {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const std::vector<double> test_vector{.05, .05, .1, .1, .1, .1, .2, .3};

std::vector<double> logs(std::vector<double> weights) {
    for (double& each : weights) {
        each = std::log(each);
    }
    return weights;
}

WeightSummary summarise(const std::vector<double>& log_weights) {
    const auto n = static_cast<int64_t>(log_weights.size());
    std::vector<double> scratch(static_cast<size_t>(weight_scratch_size(n)));
    return summarise_weights({}, n, log_weights.data(), scratch.data());
}

std::vector<double> random_log_weights(int64_t n, double spread) {
    std::vector<double> lw(static_cast<size_t>(n));
    fill_normals({}, {3, Purpose::Metric, 1}, n, 1, lw.data());
    for (double& each : lw) {
        each *= spread;
    }
    return lw;
}

// T15
TEST(Weights, EffectiveSampleSizeOfKnownWeights) {
    EXPECT_NEAR(summarise(logs(test_vector)).ess, 5.7142857142857143, 1e-12);
    EXPECT_NEAR(summarise(logs(test_vector)).perplexity, 6.711, 5e-4);
    EXPECT_NEAR(summarise(logs(test_vector)).max_weight, .3, 1e-15);
    EXPECT_NEAR(summarise(logs(test_vector)).log_sum, 0, 1e-15);
    EXPECT_NEAR(summarise(std::vector<double>(1000, -3.)).ess, 1000, 1e-9);
    EXPECT_NEAR(summarise(std::vector<double>(1000, -3.)).perplexity, 1000, 1e-9);
    EXPECT_NEAR(summarise({-infinity, -infinity, 2, -infinity}).ess, 1, 1e-12);
    EXPECT_NEAR(summarise({std::log(.5), std::log(.5), -infinity, -infinity}).ess, 2, 1e-12);
    EXPECT_EQ(summarise({5}).ess, 1);
}

TEST(Weights, AgreeWithTheSumsTheyStandFor) {
    const std::vector<double> lw = random_log_weights(5000, 3);
    double sum = 0, squares = 0, logs_sum = 0;
    for (const double each : lw) {
        sum += std::exp(each);
        squares += std::exp(2 * each);
    }
    for (const double each : lw) {
        logs_sum += std::exp(each) / sum * (each - std::log(sum));
    }
    const WeightSummary summary = summarise(lw);
    EXPECT_NEAR(summary.log_sum, std::log(sum), 1e-12);
    EXPECT_NEAR(summary.ess, sum * sum / squares, 1e-9 * summary.ess);
    EXPECT_NEAR(summary.perplexity, std::exp(-logs_sum), 1e-9 * summary.perplexity);
    EXPECT_EQ(summary.positive, 5000);
}

std::vector<double> shifted(std::vector<double> log_weights, double by) {
    for (double& each : log_weights) {
        each += by;
    }
    return log_weights;
}

// T15: whatever is added to all log weights, and however large they are.
TEST(Weights, ShiftsAndHugeLogsChangeNothing) {
    const std::vector<double> lw = random_log_weights(3000, 1);
    const WeightSummary plain = summarise(lw);
    for (const double shift : {-1e4, 1e4}) {
        const WeightSummary summary = summarise(shifted(lw, shift));
        EXPECT_NEAR(summary.ess, plain.ess, 1e-8);
        EXPECT_NEAR(summary.log_sum - shift, plain.log_sum, 1e-8);
    }
    EXPECT_NEAR(summarise({1e4, -1e4}).ess, 1, 1e-12);
}

// T13: where the sums have no rounding errors of their own, the weights are the same to the last bit.
TEST(Weights, AreTheSameAfterAShiftThatRoundsNothing) {
    std::vector<double> lw = random_log_weights(3000, 1);
    for (double& each : lw) {
        each = std::ldexp(std::round(std::ldexp(each, 20)), -20);
    }
    const WeightSummary plain = summarise(lw);
    for (const double shift : {-8192.0, 8192.0}) {
        const WeightSummary summary = summarise(shifted(lw, shift));
        EXPECT_EQ(summary.ess, plain.ess);
        EXPECT_EQ(summary.perplexity, plain.perplexity);
        EXPECT_NEAR(summary.log_sum - shift, plain.log_sum, 4e-12) << "which is rounded at the size of the shift";
    }
}

TEST(Weights, NotANumberCountsAsMinusInfinity) {
    std::vector<double> lw(2000, 0.);
    lw[3] = std::numeric_limits<double>::quiet_NaN();
    lw[1999] = infinity;
    std::vector<double> out(2000), scratch(static_cast<size_t>(weight_scratch_size(2000)));
    WeightUpdate update;
    update.previous = lw.data();
    const WeightSummary summary = update_log_weights({}, 2000, update, out.data(), scratch.data());
    EXPECT_EQ(summary.not_a_number, 2);
    EXPECT_EQ(summary.positive, 1998);
    EXPECT_NEAR(summary.ess, 1998, 1e-9);
    EXPECT_EQ(out[3], -infinity);
    EXPECT_EQ(out[1999], -infinity);
}

TEST(Weights, NoPositiveWeightIsReportedAndDoesNotCrash) {
    const WeightSummary summary = summarise(std::vector<double>(1500, -infinity));
    EXPECT_EQ(summary.positive, 0);
    EXPECT_EQ(summary.log_sum, -infinity);
    EXPECT_EQ(summary.ess, 0);
}

TEST(Weights, UpdateAddsItsTerms) {
    const std::vector<double> a{1, 2, 3}, b{10, 20, 30}, c{100, 200, 300}, d{.5, .25, .125};
    std::vector<double> out(3), scratch(static_cast<size_t>(weight_scratch_size(3)));
    const WeightSummary summary =
        update_log_weights({}, 3, {a.data(), b.data(), c.data(), d.data()}, out.data(), scratch.data());
    EXPECT_EQ(out, (std::vector<double>{1 + 10 - 100 + .5, 2 + 20 - 200 + .25, 3 + 30 - 300 + .125}));
    EXPECT_NEAR(summary.log_sum, -88.5, 1e-12);
}

TEST(Weights, UpdateWithoutPreviousWeightsStartsFromEqualOnes) {
    const std::vector<double> b{10, 20, 30};
    std::vector<double> out(3), scratch(static_cast<size_t>(weight_scratch_size(3)));
    const WeightSummary summary =
        update_log_weights({}, 3, {nullptr, b.data(), nullptr, nullptr}, out.data(), scratch.data());
    EXPECT_EQ(out, b);
    EXPECT_EQ(summary.positive, 3);
}

TEST(Weights, NormalisedLogWeightsSumToOne) {
    const std::vector<double> lw = random_log_weights(3000, 2);
    std::vector<double> normalised(3000);
    normalise_log_weights({}, 3000, lw.data(), summarise(lw).log_sum, normalised.data());
    EXPECT_NEAR(summarise(normalised).log_sum, 0, 1e-13);
}

TEST(Weights, AreTheSameForAnyNumberOfThreads) {
    const std::vector<double> lw = random_log_weights(70001, 3);
    const int threads = at::get_num_threads();
    at::set_num_threads(1);
    const WeightSummary one = summarise(lw);
    at::set_num_threads(3);
    const WeightSummary three = summarise(lw);
    at::set_num_threads(threads);
    EXPECT_EQ(one.log_sum, three.log_sum);
    EXPECT_EQ(one.ess, three.ess);
    EXPECT_EQ(one.perplexity, three.perplexity);
}

TEST(Weights, ConditionalEffectiveSampleSize) {
    std::vector<double> scratch(static_cast<size_t>(weight_scratch_size(8)));
    const std::vector<double> even(8, -3.), lw = logs(test_vector);
    EXPECT_NEAR(conditional_ess({}, 8, even.data(), lw.data(), scratch.data()), 5.7142857142857143, 1e-12);
    EXPECT_NEAR(conditional_ess({}, 8, lw.data(), even.data(), scratch.data()), 8, 1e-12);
    const std::vector<double> increment{-1, -2, -3, 4, 5, -infinity, 0, 1};
    double first = 0, second = 0;
    for (size_t i = 0; i < 8; ++i) {
        first += test_vector[i] * std::exp(increment[i]);
        second += test_vector[i] * std::exp(2 * increment[i]);
    }
    EXPECT_NEAR(conditional_ess({}, 8, lw.data(), increment.data(), scratch.data()), 8 * first * first / second, 1e-12);
}

// guidance.md 2.2: what an update tells of itself is what the function above finds.
TEST(Weights, UpdatesTellTheConditionalEffectiveSampleSizeOfTheirIncrement) {
    const int64_t n = 5000;
    std::vector<double> before = random_log_weights(n, 2);
    std::vector<double> increment(before.rbegin(), before.rend());
    before[7] = increment[4000] = -infinity;
    std::vector<double> scratch(static_cast<size_t>(weight_scratch_size(n)));
    const double expected = conditional_ess({}, n, before.data(), increment.data(), scratch.data());
    WeightUpdate update;
    update.previous = before.data();
    update.previous_log_sum = summarise(before).log_sum;
    update.log_ratio = increment.data();
    std::vector<double> after(static_cast<size_t>(n));
    const WeightSummary summary = update_log_weights({}, n, update, after.data(), scratch.data());
    EXPECT_NEAR(summary.conditional_ess, expected, 1e-9 * expected);
    EXPECT_LT(summary.conditional_ess, 0.9 * static_cast<double>(n));
    update.previous = nullptr;
    const WeightSummary first = update_log_weights({}, n, update, after.data(), scratch.data());
    EXPECT_EQ(first.conditional_ess, first.ess);
}

/// Families of `lengths`, taken in turn, and what they weigh.
struct Families {
    Families(const std::vector<double>& log_weights, double log_sum, const std::vector<int64_t>& lengths) {
        size_t turn = 0;
        int64_t left = 0;
        double weight = 0;
        for (size_t i = 0; i < log_weights.size(); ++i, --left) {
            if (left == 0) {
                squares += weight * weight;
                weight = 0;
                ++count;
                left = lengths[turn++ % lengths.size()];
                first = static_cast<int32_t>(i);
            }
            eves.push_back(first);
            weight += std::exp(log_weights[i] - log_sum);
        }
        squares += weight * weight;
    }

    std::vector<int32_t> eves;
    int64_t count = 0;
    double squares = 0;
    int32_t first = 0;
};

TEST(Weights, CountsFamiliesAndSquaresTheirWeights) {
    const int64_t n = 5000;
    const std::vector<double> lw = random_log_weights(n, 1);
    std::vector<double> scratch(static_cast<size_t>(weight_scratch_size(n)));
    const double log_sum = summarise(lw).log_sum;
    for (const std::vector<int64_t>& lengths :
         std::vector<std::vector<int64_t>>{{1}, {3}, {8}, {700}, {3000}, {5000}, {1, 2, 40, 7, 1023, 1, 9, 300}}) {
        const Families families(lw, log_sum, lengths);
        WeightUpdate update;
        update.previous = lw.data();
        update.eves = families.eves.data();
        const WeightSummary summary = update_log_weights({}, n, update, nullptr, scratch.data());
        EXPECT_EQ(summary.eves, families.count) << "from lengths of " << lengths.front();
        EXPECT_NEAR(summary.eve_squares, families.squares, 1e-12 * families.squares);
    }
    const WeightSummary alone = summarise_weights({}, n, lw.data(), scratch.data());
    EXPECT_EQ(alone.eves, n);
    EXPECT_NEAR(alone.eve_squares, 1 / alone.ess, 1e-15);
}

}  // namespace
}  // namespace drift::kernels
