#include "app/panels/images/wall_layout.h"
#include "app/panels/images/wall_pixels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace drift {
namespace {

TEST(WallLayoutTest, EveryTileIsFoundWhereItHangs) {
    const WallLayout layout = fit_wall(13, 640, 480, 1, 4, 12);
    EXPECT_LE(layout.width(), 640.001);
    EXPECT_LE(layout.height(), 480.001);
    for (int64_t i = 0; i < 13; ++i) {
        const WallRect rect = layout.picture(i);
        EXPECT_EQ(layout.at(rect.x + 1, rect.y + 1), i);
        EXPECT_EQ(layout.at(rect.x + rect.width - 1, rect.y + rect.height + 11), i);  // its caption
        EXPECT_EQ(layout.at(rect.x + rect.width + 2, rect.y + 1), -1);                // the gap
    }
    EXPECT_EQ(layout.at(-1, 5), -1);
    const WallRect last = layout.picture(12);
    EXPECT_EQ(layout.at(last.x + last.width + 5, last.y + 1), -1);  // no fourteenth one
}

TEST(WallLayoutTest, ARectangleTakesThePicturesThatItTouches) {
    const WallLayout layout = fit_wall(4, 204, 204, 1, 4, 0);  // two rows of two, 100 wide
    EXPECT_EQ(layout.within({10, 10, 20, 20}), (std::vector<int64_t>{0}));
    EXPECT_EQ(layout.within({90, 10, 100, 0}), (std::vector<int64_t>{0, 1}));
    EXPECT_EQ(layout.within({90, 90, 30, 30}), (std::vector<int64_t>{0, 1, 2, 3}));
    EXPECT_TRUE(layout.within({101, 0, 2, 300}).empty()) << "the gap";
}

TEST(WallLayoutTest, UsesTheRoom) {
    EXPECT_EQ(fit_wall(64, 800, 800, 1, 0, 0).columns, 8);
    EXPECT_EQ(fit_wall(4, 800, 200, 1, 0, 0).columns, 4);
    EXPECT_EQ(fit_wall(4, 800, 400, 2, 0, 0).columns, 2);
    EXPECT_EQ(fit_wall(0, 800, 400, 1, 0, 0).at(1, 1), -1);
}

TEST(WallCameraTest, ZoomKeepsThePointUnderTheMouse) {
    WallCamera camera{10, 20, 2};
    camera.zoom_at(100, 50, 1.5, 0.1, 100);
    EXPECT_DOUBLE_EQ(camera.zoom, 3);
    const WallRect there = camera.to_screen({10 + 50, 20 + 25, 1, 1});
    EXPECT_NEAR(there.x, 100, 1e-12);
    EXPECT_NEAR(there.y, 50, 1e-12);
}

TEST(WallCameraTest, NeverLosesTheWall) {
    const WallLayout layout = fit_wall(9, 300, 300, 1, 0, 0);
    WallCamera camera;
    camera.keep_inside(layout, 300, 300);
    EXPECT_NEAR(camera.x, 0, 1e-9);
    camera.zoom = 2;
    camera.pan(9999, -9999);
    camera.keep_inside(layout, 300, 300);
    EXPECT_DOUBLE_EQ(camera.x, 0);
    EXPECT_DOUBLE_EQ(camera.y, 150);
}

const PictureShape tiny{1, 2, 2};

TEST(WallPixelsTest, AtlasKeepsPicturesApart) {
    const std::vector<float> values{-1, -1, -1, -1, 1, 1, 1, 1, 0, 0, 0, std::numeric_limits<float>::infinity()};
    const Atlas atlas = make_atlas(values, 3, tiny, 1);
    EXPECT_EQ(atlas.columns, 2);
    EXPECT_EQ(atlas.width, 4);
    EXPECT_EQ(atlas.height, 4);
    EXPECT_EQ(atlas.bytes[0], 0);
    EXPECT_EQ(atlas.bytes[2], 255);  // the second picture begins in the third column
    EXPECT_EQ(atlas.bytes[8], 128);
    EXPECT_EQ(atlas.bytes[13], 0);  // not finite
    const Atlas::Place place = atlas.place(1, tiny);
    EXPECT_FLOAT_EQ(place.u0, 0.5F);
    EXPECT_FLOAT_EQ(place.v1, 0.5F);
    EXPECT_EQ(make_atlas(values, 3, tiny, 0.5).bytes[2], 191);
}

TEST(WallPixelsTest, UnknownPixelsAreNoGrey) {
    const auto bytes = hatched_picture({0, std::nanf(""), 0, 0}, tiny, 1);
    EXPECT_EQ(bytes[0], bytes[2]);
    EXPECT_NE(bytes[4], bytes[6]);
}

TEST(WallPixelsTest, MomentsAreWeighted) {
    const std::vector<float> values{0, 0, 0, 0, 1, 1, 1, 1, std::nanf(""), 0, 0, 0};
    const PictureMoments equal = moments_of(values, {}, tiny);
    EXPECT_FLOAT_EQ(equal.mean[0], 0.5F);
    EXPECT_FLOAT_EQ(equal.sd[0], 0.5F);
    const PictureMoments weighted = moments_of(values, {0.75F, 0.25F, 0}, tiny);
    EXPECT_FLOAT_EQ(weighted.mean[3], 0.25F);
    EXPECT_NEAR(weighted.sd[3], std::sqrt(0.1875), 1e-6);
}

}  // namespace
}  // namespace drift
