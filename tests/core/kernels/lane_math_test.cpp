#include "core/kernels/lane_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace drift::kernels {
namespace {

using Single = Lanes<float, 0>;
using Double = Lanes<double, 0>;

TEST(LaneMath, ExponentialIsAsGoodAsTheLibrary) {
    for (double x = 0; x > -700; x -= 0.0371) {
        EXPECT_NEAR(exp_nonpositive<Double>(x) / std::exp(x), 1, 5e-16) << x;
    }
    for (float x = 0; x > -87; x -= 0.0371f) {
        EXPECT_NEAR(exp_nonpositive<Single>(x) / std::exp(x), 1, 2.5e-7f) << x;
        EXPECT_NEAR(softmax_exp2<Single>(x) / std::exp2(x), 1, 2.5e-7f) << x;
    }
    EXPECT_EQ(exp_nonpositive<Double>(0.), 1);
    EXPECT_EQ(exp_nonpositive<Double>(-std::numeric_limits<double>::infinity()), 0);
    EXPECT_EQ(exp_nonpositive<Double>(-1e300), 0);
    EXPECT_TRUE(std::isnan(exp_nonpositive<Double>(std::numeric_limits<double>::quiet_NaN())));
    EXPECT_TRUE(std::isnan(softmax_exp2<Double>(std::numeric_limits<double>::quiet_NaN())));
    EXPECT_LT(softmax_exp2<Single>(-std::numeric_limits<float>::infinity()), 1e-37f);
}

TEST(LaneMath, LogarithmIsAsGoodAsTheLibrary) {
    for (double x = 1e-300; x < 1e300; x *= 1.37) {
        EXPECT_NEAR(log_lanes<Double>(x), std::log(x), 4e-16 * (std::abs(std::log(x)) + 1e-16)) << x;
    }
    for (double x = .5; x < 2; x += .0001) {
        EXPECT_NEAR(log_lanes<Double>(x), std::log(x), 4e-16 * std::abs(std::log(x)) + 1e-17) << x;
    }
    for (float x = 1e-37f; x < 1e37f; x *= 1.37f) {
        EXPECT_NEAR(log_lanes<Single>(x), std::log(x), 2e-7f * std::abs(std::log(x))) << x;
    }
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(log_lanes<Double>(0.), -infinity);
    EXPECT_EQ(log_lanes<Double>(infinity), infinity);
    EXPECT_EQ(log_lanes<Double>(1.), 0);
    EXPECT_TRUE(std::isnan(log_lanes<Double>(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace drift::kernels
