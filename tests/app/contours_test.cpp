#include "app/panels/data/contours.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift {
namespace {

/// A Gaussian of standard deviation s on a grid; the region that holds a share p has radius s sqrt(-2 ln(1 - p)).
std::vector<float> gaussian(const GridBox& box, double s) {
    std::vector<float> values;
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.columns; ++column) {
            const double x = box.x_min + (box.x_max - box.x_min) * column / (box.columns - 1);
            const double y = box.y_min + (box.y_max - box.y_min) * row / (box.rows - 1);
            values.push_back(static_cast<float>(std::exp(-(x * x + y * y) / (2 * s * s))));
        }
    }
    return values;
}

const GridBox wide{-6, 6, -6, 6, 160, 160};

TEST(Contours, OfAGaussianAreCirclesOfTheRightRadius) {
    const std::vector<float> values = gaussian(wide, 1.2);
    for (const double share : {0.5, 0.8, 0.95}) {
        const auto lines = contour_lines(values, wide, levels_of_shares(values, {share}).front());
        ASSERT_EQ(lines.size(), 1U);
        const Polyline& line = lines.front();
        EXPECT_EQ(line.front().x, line.back().x);
        EXPECT_EQ(line.front().y, line.back().y);
        const double radius = 1.2 * std::sqrt(-2 * std::log(1 - share));
        for (const PlanePoint& point : line) {
            EXPECT_NEAR(std::hypot(point.x, point.y), radius, 0.02) << share;
        }
    }
}

TEST(Contours, OfASlopeAreOneOpenStraightLine) {
    const GridBox box{0, 4, 0, 2, 9, 5};
    std::vector<float> values;
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.columns; ++column) {
            values.push_back(static_cast<float>(column));
        }
    }
    const auto lines = contour_lines(values, box, 2.5F);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines.front().size(), 5U);
    for (const PlanePoint& point : lines.front()) {
        EXPECT_FLOAT_EQ(point.x, 1.25F);
    }
}

TEST(Contours, KeepSeparateHillsApart) {
    std::vector<float> values = gaussian(wide, 0.5);
    const std::vector<float> copy = values;
    const size_t shift = 60;  // columns
    for (size_t i = values.size(); i-- > shift;) {
        values[i] += copy[i - shift];
    }
    EXPECT_EQ(contour_lines(values, wide, 0.5F).size(), 2U);
}

TEST(Contours, SurviveFlatAndMissingValues) {
    const GridBox box{0, 1, 0, 1, 4, 4};
    const std::vector<float> flat(16, 1);
    EXPECT_TRUE(contour_lines(flat, box, 1).empty());
    EXPECT_TRUE(contour_lines(flat, box, 0.5F).empty());
    const std::vector<float> missing(16, std::nanf(""));
    EXPECT_TRUE(contour_lines(missing, box, 0.5F).empty());
    EXPECT_EQ(levels_of_shares({}, {0.5}), (std::vector<float>{0}));
}

TEST(Contours, OfSaddlesDoNotCross) {
    const GridBox box{0, 1, 0, 1, 2, 2};
    EXPECT_EQ(contour_lines({1, 0, 0, 1}, box, 0.6F).size(), 2U);
    EXPECT_EQ(contour_lines({1, 0, 0, 1}, box, 0.4F).size(), 2U);
}

}  // namespace
}  // namespace drift
