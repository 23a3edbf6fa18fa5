#include "app/panels/images/wall_tiles.h"

#include <gtest/gtest.h>

#include <vector>

namespace drift {
namespace {

/// Four particles, of which the first has two children, the second none, the last two one each.
struct Resampled {
    Frame parents;
    PhaseStage stage;
    std::vector<int32_t> positions{0, 1, 2, 3};
    WallLayout layout = fit_wall(4, 400, 100, 1, 0, 0);

    explicit Resampled(float t) {
        parents.count = 4;
        parents.weights = {0.5F, 0, 0.25F, 0.25F};
        stage.now = &parents;
        stage.split.emplace();
        stage.split->ancestors = {0, 0, 2, 3};
        stage.split->counts = {2, 0, 1, 1};
        stage.apart = stage.fade = t;
    }
    std::vector<WallTile> tiles() const { return tiles_of(stage, positions, layout); }
};

TEST(WallTilesTest, TheDyingFadeBehindCopiesThatSlideToTheirPlaces) {
    const Resampled resampled(0.25F);
    const auto tiles = resampled.tiles();
    ASSERT_EQ(tiles.size(), 5U);
    EXPECT_EQ(tiles[0].particle, 1);
    EXPECT_FLOAT_EQ(tiles[0].alpha, 0.75F);
    EXPECT_EQ(tiles[0].place.x, 100);
    EXPECT_EQ(tiles[2].particle, 0) << "the second child of the first";
    EXPECT_EQ(tiles[2].alike, 2);
    EXPECT_EQ(tiles[2].alpha, 1);
    EXPECT_EQ(tiles[2].place.x, 25) << "a quarter of the way from its parent's place";
    EXPECT_FLOAT_EQ(tiles[2].weight, 0.5F - 0.25F * 0.25F) << "and of the way to an equal weight";
    EXPECT_EQ(tiles[3].place.x, 200) << "an only child stays";
    EXPECT_EQ(tiles[3].alike, 1);
    EXPECT_EQ(pictured_at(resampled.stage, 1), 1) << "those that die are still to be seen";
}

TEST(WallTilesTest, AtTheEndEveryPlaceHasItsCopy) {
    const Resampled resampled(1);
    const auto tiles = resampled.tiles();
    ASSERT_EQ(tiles.size(), 4U);
    for (size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(tiles[i].particle, resampled.stage.split->ancestors[i]);
        EXPECT_EQ(tiles[i].place.x, 100 * static_cast<double>(i));
        EXPECT_FLOAT_EQ(tiles[i].weight, 0.25F);
    }
    EXPECT_EQ(pictured_at(resampled.stage, 1), 0);
}

TEST(WallTilesTest, ACopyOfAPictureThatDoesNotHangAppearsInItsPlace) {
    Resampled resampled(0.5F);
    resampled.positions = {1, 2};
    resampled.layout = fit_wall(2, 200, 100, 1, 0, 0);
    const auto tiles = resampled.tiles();
    ASSERT_EQ(tiles.size(), 3U);
    EXPECT_EQ(tiles[1].particle, 0);
    EXPECT_EQ(tiles[1].place.x, 0);
}

TEST(WallTilesTest, WeightsGoFromTheOldToTheNew) {
    Frame before;
    before.count = 2;
    before.weights = {0.9F, 0.1F};
    Frame now;
    now.count = 2;
    now.weights = {0.5F, 0.5F};
    now.ancestors = {1, 1};
    PhaseStage stage;
    stage.now = &now;
    stage.before = &before;
    stage.weigh = 0.25F;
    const auto tiles = tiles_of(stage, {1, 0}, fit_wall(2, 200, 100, 1, 0, 0));
    ASSERT_EQ(tiles.size(), 2U);
    EXPECT_EQ(tiles[0].particle, 1) << "in the order of the wall";
    EXPECT_FLOAT_EQ(tiles[0].weight, 0.1F + 0.25F * 0.4F) << "from that of its parent";
}

}  // namespace
}  // namespace drift
