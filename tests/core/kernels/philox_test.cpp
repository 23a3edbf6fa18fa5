#include "core/kernels/philox.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace drift::kernels {
namespace {

std::array<uint32_t, 4> words(PhiloxBlock counter, uint32_t key0, uint32_t key1) {
    const PhiloxBlock block = philox4x32(counter, key0, key1);
    return {block.word[0], block.word[1], block.word[2], block.word[3]};
}

// The known-answer vectors published with the algorithm (Random123, kat_vectors, "philox4x32 10").
TEST(Philox, GivesThePublishedAnswers) {
    EXPECT_EQ(words({{0, 0, 0, 0}}, 0, 0), (std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(words({{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}}, 0xffffffff, 0xffffffff),
              (std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(words({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0),
              (std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, UniformNumbersLieInTheHalfOpenInterval) {
    double sum = 0;
    for (uint64_t i = 0; i < 100000; ++i) {
        const double u = uniform({42, Purpose::Resampling, 3}, i, 0);
        ASSERT_GE(u, 0);
        ASSERT_LT(u, 1);
        sum += u;
    }
    EXPECT_NEAR(sum / 100000, .5, 4 * .2887 / std::sqrt(100000.));
}

TEST(Philox, EveryPartOfTheAddressMatters) {
    const double u = uniform({42, Purpose::Resampling, 3}, 5, 1);
    EXPECT_EQ(u, uniform({42, Purpose::Resampling, 3}, 5, 1));
    EXPECT_NE(u, uniform({43, Purpose::Resampling, 3}, 5, 1));
    EXPECT_NE(u, uniform({42 + (uint64_t{1} << 40), Purpose::Resampling, 3}, 5, 1));
    EXPECT_NE(u, uniform({42, Purpose::Proposal, 3}, 5, 1));
    EXPECT_NE(u, uniform({42, Purpose::Resampling, 4}, 5, 1));
    EXPECT_NE(u, uniform({42, Purpose::Resampling, 3}, 6, 1));
    EXPECT_NE(u, uniform({42, Purpose::Resampling, 3}, 5, 0));
}

}  // namespace
}  // namespace drift::kernels
