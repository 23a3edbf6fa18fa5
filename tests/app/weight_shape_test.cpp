#include "app/weight_shape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace drift {
namespace {

TEST(WeightShape, EqualWeightsAreTheDiagonal) {
    const WeightShape shape = shape_of(std::vector<float>(10, 0.1F));
    EXPECT_NEAR(shape.gini, 0, 1e-7);
    EXPECT_NEAR(shape.carry_most, 0.9, 1e-12);
    EXPECT_NEAR(shape.heaviest, 0.1, 1e-7);
    for (const LorenzPoint& point : shape.lorenz) {
        EXPECT_NEAR(point.weight, point.particles, 1e-6);
    }
}

TEST(WeightShape, OneParticleThatHasEverything) {
    const WeightShape shape = shape_of({0, 0, 1, 0});
    EXPECT_EQ(shape.zero, 3);
    EXPECT_NEAR(shape.gini, 0.75, 1e-12) << "1 - 1 / n";
    EXPECT_NEAR(shape.carry_most, 0.25, 1e-12);
    EXPECT_EQ(shape.heaviest, 1);
    ASSERT_EQ(shape.lorenz.size(), 3U);
    EXPECT_EQ(shape.lorenz[1].particles, 0.75);
    EXPECT_EQ(shape.lorenz[1].weight, 0);
    EXPECT_EQ(shape.lorenz[2].weight, 1);
}

TEST(WeightShape, GiniAndTheCurveOfAKnownCase) {
    // 1, 2, 3, 4: Gini = 2 (1 + 4 + 9 + 16) / (4 * 10) - 5 / 4.
    const WeightShape shape = shape_of({4, 1, 3, 2});
    EXPECT_NEAR(shape.gini, 0.25, 1e-12);
    ASSERT_EQ(shape.lorenz.size(), 5U);
    EXPECT_NEAR(shape.lorenz[2].weight, 0.3, 1e-12);
    EXPECT_NEAR(shape.carry_most, 0.75, 1e-12) << "4, 3 and 2 carry 90 %";
}

TEST(WeightShape, EveryParticleIsInABinOrCountedAsWithoutWeight) {
    const std::vector<float> weights{1e-20F, 0.2F, 0.5F, 0, std::numeric_limits<float>::quiet_NaN(), 0.1F, 0.2F};
    const WeightShape shape = shape_of(weights, 20);
    EXPECT_EQ(std::accumulate(shape.bins.begin(), shape.bins.end(), int64_t{0}) + shape.zero, 7);
    EXPECT_EQ(shape.zero, 2);
    EXPECT_GE(shape.low, -12) << "the axis stays readable";
    EXPECT_LE(shape.low, -1);
    EXPECT_GE(shape.high, 1);
}

TEST(WeightShape, TheCurveOfManyParticlesHasFewPoints) {
    std::vector<float> weights(10'000);
    std::iota(weights.begin(), weights.end(), 1.0F);
    const WeightShape shape = shape_of(weights);
    EXPECT_LE(shape.lorenz.size(), 260U);
    EXPECT_DOUBLE_EQ(shape.lorenz.back().particles, 1);
    EXPECT_NEAR(shape.lorenz.back().weight, 1, 1e-9);
    EXPECT_NEAR(shape.gini, 1.0 / 3, 1e-3) << "of a ramp";
}

TEST(WeightShape, ParticlesHaveTheirPlacesOnTheCurve) {
    const std::vector<float> weights{0.5F, 0.125F, NAN, 0.25F, 0.125F};
    const std::vector<LorenzPoint> places = places_on_curve(weights, {0.25F, 0.125F, 0.25F});
    ASSERT_EQ(places.size(), 2U);
    EXPECT_NEAR(places[0].particles, 0.4, 1e-12);
    EXPECT_NEAR(places[0].weight, 0.25, 1e-12);
    EXPECT_NEAR(places[1].particles, 0.6, 1e-12);
    EXPECT_NEAR(places[1].weight, 0.5, 1e-12);
    EXPECT_TRUE(places_on_curve(weights, {}).empty());
}

TEST(WeightShape, WithoutWeightsThereIsNoShape) {
    EXPECT_EQ(shape_of({}).count, 0);
    EXPECT_EQ(shape_of({0, 0}).count, 0);
}

}  // namespace
}  // namespace drift
