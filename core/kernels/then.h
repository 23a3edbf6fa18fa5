// Two functors over the same particles as one: the second finds what the first wrote still in the cache, and threads
// are woken once.
#pragma once

#include "core/kernels/lanes.h"

#include <type_traits>

namespace drift::kernels {

template <class First, class Second>
struct Then {
    using Real = typename First::Real;
    static_assert(std::is_same<Real, typename Second::Real>::value, "both must take tiles of the same size");
    First first_body;
    Second second_body;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        first_body.template tile<L>(first, valid);
        second_body.template tile<L>(first, valid);
    }
};

}  // namespace drift::kernels
