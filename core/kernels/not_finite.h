// Counting particles whose numbers are not finite, for kernels that move them.
#pragma once

#include "core/kernels/parallel_for.h"

namespace drift::kernels {

/// `zero` is the sum of x' - x' of each particle, NaN where a coordinate is not finite. Such particles are rare: one is
/// added at a time, and the count does not depend on the order. Does nothing where `counter` is null.
template <class L>
DRIFT_INLINE void count_not_finite(int valid, const typename L::Real& zero, int32_t* counter) {
    if (counter == nullptr || !any_nonzero<L>(zero)) {
        return;
    }
    for (int l = 0; l < valid; ++l) {
        const typename L::Scalar each = lane<L>(zero, l);
        if (each != each) {
            add_one(counter);
        }
    }
}

}  // namespace drift::kernels
