#include "core/kernels/lanes.h"

#include "core/kernels/parallel_for.h"

#include "support/instruction_sets.h"

#include <gtest/gtest.h>

#include <vector>

namespace drift::kernels {
namespace {

/// Asks registers of lanes, of which at most one bit is set, whether any is.
template <class T>
struct AskForBits {
    using Real = T;
    using Unsigned = typename BitsOf<T>::Unsigned;
    const Unsigned* bits;  // [n]
    int32_t* answer;       // [n], of its register for each lane

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        typename L::Bits lanes{};
        for (int l = 0; l < valid; ++l) {
            lanes[l] = bits[first + l];
        }
        for (int l = 0; l < valid; ++l) {
            answer[first + l] =
                (any_bit<L>(lanes) ? 1 : 0) + (any_nonzero<L>(same_bits<typename L::Real>(lanes)) ? 2 : 0);
        }
    }
};

template <class T>
std::vector<int32_t> answers(const std::vector<typename BitsOf<T>::Unsigned>& bits) {
    std::vector<int32_t> answer(bits.size(), -1);
    parallel_for({}, static_cast<int64_t>(bits.size()), AskForBits<T>{bits.data(), answer.data()});
    return answer;
}

/// Every bit of every lane by itself; the sign alone is that of -0, which is no number but 0.
template <class T>
void expect_every_bit_is_seen() {
    using Unsigned = typename BitsOf<T>::Unsigned;
    constexpr size_t lanes = 64 / sizeof(T);  // of the largest register: of smaller ones several are asked
    constexpr int bits = 8 * sizeof(T);
    EXPECT_EQ(answers<T>(std::vector<Unsigned>(lanes, 0)), std::vector<int32_t>(lanes, 0));
    for (size_t l = 0; l < lanes; ++l) {
        for (int bit = 0; bit < bits; ++bit) {
            std::vector<Unsigned> one(lanes, 0);
            one[l] = Unsigned{1} << bit;
            EXPECT_EQ(answers<T>(one)[l], bit == bits - 1 ? 1 : 3) << "bit " << bit << " of lane " << l;
        }
    }
}

TEST(Lanes, EveryBitIsSeenInEveryInstructionSet) {
    for (const CpuVectors most : test::instruction_sets) {
        const test::LimitedVectors limited(most);
        expect_every_bit_is_seen<float>();
        expect_every_bit_is_seen<double>();
    }
}

}  // namespace
}  // namespace drift::kernels
