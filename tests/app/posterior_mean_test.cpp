#include "app/posterior_mean.h"

#include "recordings.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift {
namespace {

/// Four particles of two numbers with these weights; their parents in the state before where there are any.
FramePtr clean_frame(int64_t step, std::vector<float> x, std::vector<float> weights, std::vector<int32_t> ancestors) {
    auto frame = std::make_shared<Frame>(*test::make_frame(step, false));
    frame->numbers.sigma = 0;
    frame->x = std::move(x);
    frame->weights = std::move(weights);
    frame->ancestors = std::move(ancestors);
    return frame;
}

TEST(PosteriorMean, CountsRelativesAsOne) {
    Recording recording;
    recording.start(test::make_scene(3));
    recording.append(test::make_frame(0, false));
    const std::vector<float> x{1, 0, 2, 0, 3, 0, 6, 4};
    recording.append(clean_frame(1, x, {}, {}));
    recording.append(clean_frame(2, x, {}, {0, 0, 3, 3}));
    recording.append(clean_frame(3, x, {0.1F, 0.2F, 0.3F, 0.4F}, {1, 0, 2, 2}));
    const MeanEstimate alone = mean_of(recording, 1);
    EXPECT_NEAR(alone.mean.at(0), 3, 1e-6);
    EXPECT_NEAR(alone.mean.at(1), 1, 1e-6);
    EXPECT_NEAR(alone.error.at(0), std::sqrt((4.0 + 1 + 0 + 9) / 16), 1e-6);
    EXPECT_NEAR(mean_of(recording, 2).error.at(0), std::sqrt((9.0 + 9) / 16), 1e-6) << "two families";
    const MeanEstimate weighted = mean_of(recording, 3);
    EXPECT_NEAR(weighted.mean.at(0), 0.1 + 0.4 + 0.9 + 2.4, 1e-6);
    EXPECT_NEAR(weighted.error.at(0), std::sqrt(2) * (0.1 * 2.8 + 0.2 * 1.8), 1e-6) << "the same two, through both";
    EXPECT_NEAR(mean_of(recording, 0).mean.at(0), 0, 1e-6) << "of the denoised predictions on the way";
}

TEST(PosteriorMean, LeavesOutParticlesWithoutWeightThatHaveNoFinitePlace) {
    Recording recording;
    recording.start(test::make_scene(3));
    recording.append(test::make_frame(0, false));
    recording.append(clean_frame(1, {1, 0, 2, 0, NAN, NAN, 6, 4}, {0.25F, 0.25F, 0, 0.5F}, {}));
    const MeanEstimate estimate = mean_of(recording, 1);
    EXPECT_NEAR(estimate.mean.at(0), 0.25 + 0.5 + 3, 1e-6);
    EXPECT_TRUE(std::isfinite(estimate.error.at(0)));
}

TEST(PosteriorMean, IsKnownOfMixturesAndOfGrids) {
    Scene scene = *test::make_scene(3);
    EXPECT_TRUE(exact_mean(scene).empty());
    scene.on_grid = GridDensity{{0, 2, 10, 12, 3, 2}, {1, 0, 0, 0, 0, 3}};
    ASSERT_EQ(exact_mean(scene).size(), 2U);
    EXPECT_NEAR(exact_mean(scene)[0], 1.5, 1e-12);
    EXPECT_NEAR(exact_mean(scene)[1], 11.5, 1e-12);
    scene.posterior = MixtureView{2, {0.25, 0.75}, {0, 4, 8, 0}, {1, 0, 0, 1, 1, 0, 0, 1}};
    EXPECT_NEAR(exact_mean(scene)[0], 6, 1e-12);
    EXPECT_NEAR(exact_mean(scene)[1], 1, 1e-12);
}

}  // namespace
}  // namespace drift
