#include "core/log_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace drift {
namespace {

constexpr double none = -std::numeric_limits<double>::infinity();

TEST(LogWeights, SumUpInClosedForm) {
    const std::vector<double> log_w{std::log(1.0), std::log(2.0), std::log(5.0), none};
    EXPECT_NEAR(log_mean_exp(log_w), std::log(2.0), 1e-12);
    EXPECT_NEAR(effective_share(log_w), 64.0 / (4 * 30), 1e-12);
    EXPECT_NEAR(summarised(log_w).max_weight, 5.0 / 8, 1e-12);
    EXPECT_EQ(summarised(log_w).positive, 3);
}

TEST(LogWeights, StandALargeConstant) {
    const std::vector<double> log_w{-1e5, -1e5 + std::log(3.0)};
    EXPECT_NEAR(log_mean_exp(log_w), -1e5 + std::log(2.0), 1e-9);
    EXPECT_NEAR(effective_share(log_w), 16.0 / (2 * 10), 1e-12);
}

TEST(LogWeights, ThatAreNoNumbersAreNoWeights) {
    const double nan = std::nan("");
    EXPECT_NEAR(log_mean_exp({0, nan}), std::log(0.5), 1e-12);
    EXPECT_NEAR(effective_share({0, nan, -none}), 1.0 / 3, 1e-12);
    EXPECT_EQ(log_mean_exp({none, nan}), none);
    EXPECT_EQ(effective_share({none, nan}), 0);
    EXPECT_EQ(relative_weights({0, nan, none, -none}), (std::vector<double>{1, 0, 0, 0}));
}

TEST(LogWeights, DrawRowsByInversion) {
    EXPECT_EQ(drawn_rows({1, 0, 3}, {0, 0.2, 0.25, 0.9, 0.9999}), (std::vector<int64_t>{0, 0, 2, 2, 2}));
}

}  // namespace
}  // namespace drift
