#include "app/panels/images/wall_moments.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

constexpr PictureShape one_pixel{1, 1, 1};

TEST(WallMoments, AreThoseOfPicturesOnTheirWayFromTheirParents) {
    Frame before;
    before.count = 2;
    before.x = {0, 8};
    before.denoised = {1, 3};
    before.weights = {0.5F, 0.5F};
    Frame now = before;
    now.x = {4, 4};
    now.denoised = {3, 5};
    now.weights = {0.75F, 0.25F};
    now.ancestors = {1, 1};
    PhaseStage stage;
    stage.now = &now;
    stage.before = &before;
    stage.travel = 0.5F;
    stage.weigh = 0;
    EXPECT_FLOAT_EQ(moments_of(stage, true, one_pixel).mean[0], 6) << "both half way from 8 to 4";
    EXPECT_FLOAT_EQ(moments_of(stage, true, one_pixel).sd[0], 0);
    EXPECT_FLOAT_EQ(moments_of(stage, false, one_pixel).mean[0], 3.5F) << "3 and 4, still of equal weight";
    EXPECT_FLOAT_EQ(moments_of(stage, false, one_pixel).sd[0], 0.5F);
    stage.travel = stage.weigh = 1;
    EXPECT_FLOAT_EQ(moments_of(stage, false, one_pixel).mean[0], 3.5F) << "3 and 5 by their own weights";
    before.denoised.clear();
    stage.travel = 0.5F;
    EXPECT_FLOAT_EQ(moments_of(stage, false, one_pixel).mean[0], 3.5F) << "nowhere to come from";
}

TEST(WallMoments, GoFromWeightedParentsToEqualChildren) {
    Frame parents;
    parents.count = 2;
    parents.x = {0, 1};
    parents.weights = {0.1F, 0.9F};
    PhaseStage stage;
    stage.now = &parents;
    stage.split.emplace();
    stage.split->ancestors = {1, 1};
    stage.split->counts = {0, 2};
    EXPECT_FLOAT_EQ(moments_of(stage, true, one_pixel).mean[0], 0.9F);
    stage.fade = 0.5F;
    EXPECT_FLOAT_EQ(moments_of(stage, true, one_pixel).mean[0], 0.95F);
    stage.fade = 1;
    EXPECT_FLOAT_EQ(moments_of(stage, true, one_pixel).mean[0], 1);
}

}  // namespace
}  // namespace drift
