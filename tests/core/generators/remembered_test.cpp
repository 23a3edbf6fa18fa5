#include "core/generators/remembered.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

torch::Tensor weights(double value, int64_t count = 256) {
    return torch::full({count}, value, torch::kFloat32);  // a kilobyte
}

TEST(Remembered, IsBoundedInBytes) {
    Remembered remembered(4000);
    for (int i = 0; i < 100; ++i) {
        remembered.keep(std::to_string(i), weights(i));
        EXPECT_LE(remembered.bytes(), 4000);
    }
    EXPECT_TRUE(torch::equal(remembered.find("99"), weights(99)));
    EXPECT_TRUE(remembered.find("97").defined());
    EXPECT_FALSE(remembered.find("96").defined());
    Remembered of_small_ones(1 << 20);
    for (int i = 0; i < 100; ++i) {
        of_small_ones.keep(std::to_string(i), weights(i, 1));
    }
    EXPECT_TRUE(of_small_ones.find("0").defined()) << "many that are small fit";
}

// Else a run that begins again would train it again and again.
TEST(Remembered, KeepsTheNewestHoweverLargeItIs) {
    Remembered remembered(100);
    remembered.keep("a", weights(1));
    EXPECT_TRUE(remembered.find("a").defined());
    remembered.keep("b", weights(2));
    EXPECT_FALSE(remembered.find("a").defined());
    EXPECT_TRUE(remembered.find("b").defined());
}

TEST(Remembered, ForgetsFirstWhatWasNotAskedForLongest) {
    Remembered remembered(2500);
    remembered.keep("a", weights(1));
    remembered.keep("b", weights(2));
    remembered.find("a");
    remembered.keep("c", weights(3));
    EXPECT_TRUE(remembered.find("a").defined());
    EXPECT_FALSE(remembered.find("b").defined());
}

TEST(Remembered, CountsWhatIsKeptTwiceOnce) {
    Remembered remembered(4000);
    remembered.keep("a", weights(1));
    const int64_t once = remembered.bytes();
    remembered.keep("a", weights(1));
    EXPECT_EQ(remembered.bytes(), once);
}

}  // namespace
}  // namespace drift
