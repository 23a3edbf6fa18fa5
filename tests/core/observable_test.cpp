#include "core/observable.h"

#include <gtest/gtest.h>

#include <string>

namespace drift {
namespace {

// A line that is dragged through counts stops at each of them, and is never refused.
TEST(Observable, IsAWholeNumberForCounts) {
    Choice condition = default_choice(Kind::Condition, "linear_gaussian");
    EXPECT_EQ(observable(condition, -2.6), -2.6);
    condition.params.set("noise_model", std::string("poisson"));
    EXPECT_EQ(observable(condition, 2.6), 3);
    EXPECT_EQ(observable(condition, -2.6), 0);
    EXPECT_EQ(observable(default_choice(Kind::Condition, "half_space"), 0.3), 0.3);
}

}  // namespace
}  // namespace drift
