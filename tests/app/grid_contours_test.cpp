#include "app/panels/data/contour_cache.h"

#include "core/grid_view.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift {
namespace {

/// Noise with two modes at (+-1.5, 0.5), known on a grid alone.
Scene known_on_a_grid() {
    Scene scene;
    scene.sample_shape = {2};
    scene.latent_shape = {2};
    scene.data_center = {0, 0};
    const GridBox box{-6.5, 6.5, -6.5, 6.5, 201, 201};
    const MixtureView modes{2, {0.5, 0.5}, {-1.5, 0.5, 1.5, 0.5}, {0.04, 0, 0, 0.09, 0.04, 0, 0, 0.09}};
    scene.latent_on_grid = GridDensity{box, density_on_grid(modes, 0, box)};
    return scene;
}

double centre(const Polyline& line, bool along_x) {
    double sum = 0;
    for (const PlanePoint& point : line) {
        sum += static_cast<double>(along_x ? point.x : point.y) / static_cast<double>(line.size());
    }
    return sum;
}

TEST(GridContours, AreDrawnWhereThereIsNoMixture) {
    const Scene scene = known_on_a_grid();
    EXPECT_TRUE(knows_posterior(scene, Space::Noise));
    EXPECT_FALSE(knows_posterior(scene, Space::Data));
    ContourCache cache;
    const ContourSet& contours = cache.get(scene, Space::Noise, 1, ContourCache::Of::Posterior, 0, 0, 1);
    ASSERT_EQ(contours.size(), contour_shares.size());
    for (const std::vector<Polyline>& lines : contours) {
        ASSERT_EQ(lines.size(), 2U) << "one around each mode";
        EXPECT_NEAR(std::abs(centre(lines[0], true)), 1.5, 0.05);
        EXPECT_NEAR(centre(lines[0], false), 0.5, 0.05);
    }
    const ContourSet& swapped = cache.get(scene, Space::Noise, 1, ContourCache::Of::Posterior, 0, 1, 0);
    ASSERT_EQ(swapped.at(0).size(), 2U);
    EXPECT_NEAR(centre(swapped[0][0], true), 0.5, 0.05);
    EXPECT_TRUE(cache.get(scene, Space::Data, 1, ContourCache::Of::Posterior, 0, 0, 1).empty());
}

// Under noise of 2 the modes are one.
TEST(GridContours, AreBlurredByTheNoiseOfTheState) {
    const Scene scene = known_on_a_grid();
    ContourCache cache;
    EXPECT_EQ(cache.get(scene, Space::Noise, 1, ContourCache::Of::Posterior, 2, 0, 1).at(0).size(), 1U);
}

}  // namespace
}  // namespace drift
