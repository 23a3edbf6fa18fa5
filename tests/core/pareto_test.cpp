#include "core/pareto.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace drift {
namespace {

/// Quantiles of a generalised Pareto distribution of scale 1, evenly spread: a sample without luck.
std::vector<double> quantiles(double k, size_t n) {
    std::vector<double> excesses;
    for (size_t i = 0; i < n; ++i) {
        const double above = 1 - (static_cast<double>(i) + 0.5) / static_cast<double>(n);
        excesses.push_back(k == 0 ? -std::log(above) : (std::pow(above, -k) - 1) / k);
    }
    return excesses;
}

/// Log weights whose tail is that of a Pareto distribution with shape k: w = u^-k.
std::vector<double> log_weights(double k, size_t n) {
    std::vector<double> logs;
    for (size_t i = 0; i < n; ++i) {
        logs.push_back(-k * std::log((static_cast<double>(i) + 0.5) / static_cast<double>(n)));
    }
    return logs;
}

TEST(ParetoShape, IsThatOfTheDistribution) {
    for (const double k : {-0.4, 0.0, 0.3, 0.7, 1.2}) {
        EXPECT_NEAR(pareto_shape(quantiles(k, 4000)), k, 0.02) << k;
    }
}

TEST(ParetoShape, OfFewExcessesIsDrawnTowardsAHalf) {
    // With n excesses the estimate counts n / (n + 10).
    const double few = pareto_shape(quantiles(-0.4, 10));
    EXPECT_GT(few, -0.1);
    EXPECT_LT(few, 0.5);
    EXPECT_TRUE(std::isnan(pareto_shape(quantiles(0.3, 4))));
}

TEST(ParetoShape, DoesNotDependOnTheScale) {
    std::vector<double> scaled = quantiles(0.6, 50);
    for (double& excess : scaled) {
        excess *= 1e6;
    }
    EXPECT_NEAR(pareto_shape(scaled), pareto_shape(quantiles(0.6, 50)), 1e-9);
}

TEST(ParetoK, TellsWeightsThatCanBeTrustedFromOthers) {
    for (const double k : {0.2, 0.5, 0.9}) {
        EXPECT_NEAR(pareto_k(log_weights(k, 10000)), k, 0.05) << k;
    }
}

TEST(ParetoK, DoesNotDependOnAConstantFactor) {
    std::vector<double> shifted = log_weights(0.5, 1000);
    for (double& each : shifted) {
        each += 1e4;
    }
    EXPECT_NEAR(pareto_k(shifted), pareto_k(log_weights(0.5, 1000)), 1e-8);
}

TEST(ParetoK, IsNotDefinedWithoutATail) {
    EXPECT_TRUE(std::isnan(pareto_k(std::vector<double>(1000, -3.0)))) << "equal weights";
    EXPECT_TRUE(std::isnan(pareto_k(log_weights(0.5, 20)))) << "four in the tail";
    EXPECT_TRUE(std::isnan(pareto_k({0.0})));
}

TEST(ParetoK, IsLargeWhereOneParticleOutweighsAllOthersBeyondMeasure) {
    std::vector<double> logs;
    for (int i = 0; i < 500; ++i) {
        logs.push_back(-40.0 * i);
    }
    EXPECT_GT(pareto_k(logs), 5);
}

TEST(ParetoK, CountsWeightsOfZero) {
    std::vector<double> logs = log_weights(0.5, 1000);
    logs.insert(logs.end(), 1000, -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isfinite(pareto_k(logs)));
}

}  // namespace
}  // namespace drift
