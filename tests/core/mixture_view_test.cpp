#include "core/mixture_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace drift {
namespace {

/// A round component at the origin and a long slanted one at (3, 0).
MixtureView two_components() {
    return {2, {0.9, 0.1}, {0, 0, 3, 0}, {1, 0, 0, 1, 2, 1.2, 1.2, 1}};
}

TEST(MixtureViewTest, NearestComponentGoesByDensityAndNotByWeight) {
    const MixtureView modes = two_components();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> x{0, 0, 3, 0, 4.5F, 1.2F, -1, 1, nan, 0};
    EXPECT_EQ(nearest_components(modes, x), (std::vector<int32_t>{0, 1, 1, 0, -1}));
}

TEST(MixtureViewTest, MarginalKeepsItsPartOfMeansAndCovariances) {
    const MixtureView part = marginal(two_components(), {1});
    EXPECT_EQ(part.dimension, 1);
    EXPECT_EQ(part.means, (std::vector<double>{0, 0}));
    EXPECT_EQ(part.covariances, (std::vector<double>{1, 1}));
    const MixtureView swapped = marginal(two_components(), {1, 0});
    EXPECT_EQ(swapped.covariances, (std::vector<double>{1, 0, 0, 1, 1, 1.2, 1.2, 2}));
}

TEST(MixtureViewTest, DensityOnALineIntegratesToOne) {
    const auto density = density_on_line(marginal(two_components(), {0}), 0.5, -9, 12, 2001);
    double sum = 0;
    for (const float value : density) {
        sum += static_cast<double>(value) * 21 / 2000;
    }
    EXPECT_NEAR(sum, 1, 1e-6);
}

}  // namespace
}  // namespace drift
