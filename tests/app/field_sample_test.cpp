#include "app/panels/field/field_sample.h"

#include "core/guidance_field.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace drift {
namespace {

/// Particles on a line at x = 0 that are predicted to come from 1: guidance i is its own ratio of forces.
Frame pulled(const std::vector<float>& shift, const std::vector<float>& weights) {
    Frame frame;
    frame.count = static_cast<int64_t>(shift.size());
    frame.dimension = 1;
    frame.x.assign(shift.size(), 0);
    frame.denoised.assign(shift.size(), 1);
    frame.shift = shift;
    frame.weights = weights;
    return frame;
}

double median_of(const Frame& frame) {
    return weighted_median(force_ratios(frame), frame.weights);
}

/// 21 particles at odd places carry all the weight there is but for a millionth: pull 1 to 21, and 1000 for the rest.
Frame few_heavy(size_t count) {
    std::vector<float> shift(count, 1000);
    std::vector<float> weights(count, 1e-6F / static_cast<float>(count));
    for (size_t j = 0; j < 21; ++j) {
        const size_t at = 4'001 * j + 13;
        shift[at] = static_cast<float>(j + 1);
        weights[at] = 1.0F / 21;
    }
    return pulled(shift, weights);
}

TEST(FieldSample, OfUnevenWeightsHasTheMedianOfTheWhole) {
    const Frame whole = few_heavy(100'000);
    ASSERT_EQ(median_of(whole), 11);
    const Frame some = sample_of(whole, 4'000);
    EXPECT_EQ(some.count, 4'000);
    EXPECT_TRUE(some.weights.empty()) << "drawn by weight, and equal from there on";
    EXPECT_EQ(median_of(some), 11);
    for (int pull = 1; pull <= 21; ++pull) {
        const auto copies = std::count(some.shift.begin(), some.shift.end(), static_cast<float>(pull));
        EXPECT_NEAR(static_cast<double>(copies), 4'000.0 / 21, 1) << "systematic: no share is off by a whole row";
    }
}

TEST(FieldSample, OfEqualParticlesIsEvenlyChosen) {
    std::vector<float> shift;
    for (int i = 0; i < 10'001; ++i) {
        shift.push_back(static_cast<float>(i));
    }
    const Frame some = sample_of(pulled(shift, {}), 4'000);
    EXPECT_EQ(some.count, 3'334);
    EXPECT_EQ(some.shift[0], 0);
    EXPECT_EQ(some.shift[1], 3);
    EXPECT_EQ(some.shift.back(), 9'999);
    EXPECT_EQ(some.x.size(), some.shift.size());
    EXPECT_EQ(some.denoised.size(), some.shift.size());
}

TEST(FieldSample, OfFewParticlesIsAllOfThemWithTheirWeights) {
    const std::vector<float> weights{0.7F, 0.1F, 0.2F};
    const Frame some = sample_of(pulled({3, 1, 2}, weights), 3);
    EXPECT_EQ(some.count, 3);
    EXPECT_EQ(some.weights, weights);
    EXPECT_EQ(median_of(some), 3);
}

TEST(FieldSample, TakesWhatIsNoWeightAsNone) {
    std::vector<float> weights(10, 0);
    std::vector<float> shift(10, 5);
    weights[2] = std::numeric_limits<float>::quiet_NaN();
    const Frame none = sample_of(pulled(shift, weights), 4);
    EXPECT_EQ(none.count, 4) << "evenly, where nothing else is known";
    weights[7] = 1;
    shift[7] = 1;
    EXPECT_EQ(sample_of(pulled(shift, weights), 4).shift, (std::vector<float>{1, 1, 1, 1}));
}

}  // namespace
}  // namespace drift
