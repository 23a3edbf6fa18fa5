// Two functors over the same particles as one: the second finds what the first wrote still in the cache, and threads
// are woken once. They take turns after many registers of lanes, not after each: what the second waits for is long
// there, and a processor that looks ahead finds the next register of the same functor, which waits for nothing.
#pragma once

#include "core/kernels/parallel_for.h"

#include <type_traits>

namespace drift::kernels {

/// Items after which functors take turns: what they read and write of so many stays in the nearest cache.
template <class L>
constexpr int turn = L::bytes == 0 ? 1 : 256;

template <class First, class Second>
struct Then {
    using Real = typename First::Real;
    static_assert(std::is_same<Real, typename Second::Real>::value, "both must take tiles of the same size");
    First first_body;
    Second second_body;

    template <class L>
    static constexpr int tile_size_of = turn<L>;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        run_part<L>(first_body, first, count);
        run_part<L>(second_body, first, count);
    }
};

}  // namespace drift::kernels
