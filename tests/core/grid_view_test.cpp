#include "core/grid_view.h"

#include "core/mixture_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace drift {
namespace {

const MixtureView two_modes{2, {0.3, 0.7}, {-1, 0.5, 1.2, -0.4}, {0.09, 0.02, 0.02, 0.16, 0.25, 0, 0, 0.04}};
const MixtureView normal{1, {1}, {0}, {1}};

GridDensity on_grid(const MixtureView& mixture) {
    const GridBox box{-6.5, 6.5, -6.5, 6.5, 201, 201};
    return {box, density_on_grid(mixture, 0, box)};
}

float largest(const std::vector<float>& values) {
    return *std::max_element(values.begin(), values.end());
}

float apart(const std::vector<float>& a, const std::vector<float>& b) {
    float most = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, std::abs(a[i] - b[i]));
    }
    return most;
}

double total(const GridDensity& density) {
    const GridBox& box = density.box;
    const double width = (box.x_max - box.x_min) / (box.columns - 1);
    const double height = box.rows > 1 ? (box.y_max - box.y_min) / (box.rows - 1) : 1;
    double sum = 0;
    for (const float value : density.density) {
        sum += static_cast<double>(value) * width * height;
    }
    return sum;
}

// A line between points .065 apart misses a curve of width .2 by (.065 / .2)^2 / 8 of its height.
TEST(GridView, IsTheDensityBlurredByNoise) {
    const GridDensity grid = on_grid(two_modes);
    for (const double sigma : {0.0, 0.03, 0.3, 2.0}) {
        const double half = 4 + 3 * sigma;
        const GridBox box{-half, half, -half - 1, half, 60, 47};
        const std::vector<float> exact = density_on_grid(two_modes, sigma, box);
        const std::vector<float> shown = density_on_grid(grid, sigma, box);
        ASSERT_EQ(shown.size(), exact.size());
        EXPECT_LT(apart(shown, exact), (sigma < 0.1 ? 0.03F : 1e-4F) * largest(exact)) << sigma;
    }
}

TEST(GridView, OfALineIsASingleRow) {
    const GridDensity grid{{-6.5, 6.5, 0, 0, 1001, 1}, density_on_line(normal, 0, -6.5, 6.5, 1001)};
    const std::vector<float> shown = density_on_grid(grid, 0.5, {-3, 3, 0, 0, 40, 1});
    EXPECT_LT(apart(shown, density_on_line(normal, 0.5, -3, 3, 40)), 1e-4F);
}

TEST(GridView, SwapsItsAxes) {
    const GridDensity grid = transposed(on_grid(two_modes));
    MixtureView swapped = two_modes;
    std::swap(swapped.means[0], swapped.means[1]);
    std::swap(swapped.means[2], swapped.means[3]);
    std::swap(swapped.covariances[0], swapped.covariances[3]);
    std::swap(swapped.covariances[4], swapped.covariances[7]);
    EXPECT_LT(apart(grid.density, on_grid(swapped).density), 1e-5F);
}

// x = (2 z1 + z2, z1 - z2) of a mixture is a mixture. Mass is laid on points by how near they are, which adds a
// variance of a sixth of their distance squared.
TEST(GridView, APushedForwardMixtureIsAMixture) {
    const GridDensity grid = on_grid(two_modes);
    DecoderGrid map{grid.box, {}};
    for (const std::vector<float> points = grid_points(grid.box); map.x.size() < points.size();) {
        const size_t i = map.x.size();
        map.x.push_back(2 * points[i] + points[i + 1]);
        map.x.push_back(points[i] - points[i + 1]);
    }
    MixtureView pushed{2, two_modes.weights, {}, {}};
    for (size_t j = 0; j < 2; ++j) {
        const double* m = two_modes.means.data() + 2 * j;
        const double* c = two_modes.covariances.data() + 4 * j;
        pushed.means.insert(pushed.means.end(), {2 * m[0] + m[1], m[0] - m[1]});
        const double across = 2 * c[0] - c[1] - c[3];
        pushed.covariances.insert(pushed.covariances.end(),
                                  {4 * c[0] + 4 * c[1] + c[3], across, across, c[0] - 2 * c[1] + c[3]});
    }
    const GridBox box{-6, 6, -6, 6, 161, 161};
    const GridDensity shown = pushed_forward(grid, map, box);
    const std::vector<float> exact = density_on_grid(pushed, 0, box);
    EXPECT_NEAR(total(shown), 1, 1e-3);
    EXPECT_LT(apart(shown.density, exact), 0.03F * largest(exact));
}

// The square of a normal number has a density without bound at 0 and none below.
TEST(GridView, ASquareHasTheMassOfBothSides) {
    const GridBox own{-6.5, 6.5, 0, 0, 1001, 1};
    DecoderGrid map{own, {}};
    for (int i = 0; i < own.columns; ++i) {
        const double z = -6.5 + 13.0 * i / 1000;
        map.x.push_back(static_cast<float>(z * z));
    }
    const GridDensity shown =
        pushed_forward({own, density_on_line(normal, 0, -6.5, 6.5, 1001)}, map, {-1, 5, 0, 0, 121, 1});
    EXPECT_NEAR(total(shown), std::erf(std::sqrt(2.5)), 2e-3) << "the rest lies outside";
    const auto at = [&shown](double x) { return static_cast<double>(shown.density[std::lround((x + 1) / 0.05)]); };
    for (const double x : {0.5, 1.0, 3.0}) {
        const double exact = std::exp(-x / 2) / std::sqrt(2 * std::numbers::pi * x);
        EXPECT_NEAR(at(x), exact, 0.03 * exact) << x;
    }
    EXPECT_EQ(at(-0.5), 0);
}

}  // namespace
}  // namespace drift
