// Choices between lanes by masks of bits, for those that several choices share: g++ keeps a comparison that is asked
// once and used in several places as one number a lane, and takes every choice by it apart under AVX-512.
#pragma once

#include "core/kernels/lanes.h"

namespace drift::kernels {

/// All bits of the lanes where `chosen` holds, none of the others'.
template <class L, class Comparison>
DRIFT_INLINE typename L::Bits mask_of(const Comparison& chosen) {
    const typename L::Bits none{};
    return chosen ? none - 1 : none;
}

/// `there` in the lanes of the mask, `here` in the others.
template <class L>
DRIFT_INLINE typename L::Real choose_lanes(const typename L::Bits& mask, const typename L::Real& there,
                                           const typename L::Real& here) {
    using Bits = typename L::Bits;
    const Bits taken = (same_bits<Bits>(there) & mask) | (same_bits<Bits>(here) & ~mask);
    return same_bits<typename L::Real>(taken);
}

/// The mask of lanes of D as one of lanes of T, L::count entries of which may be written from `to` on.
template <class T, class D>
DRIFT_INLINE void store_mask(typename BitsOf<T>::Unsigned* to, const typename D::Bits& mask) {
    using Unsigned = typename BitsOf<T>::Unsigned;
    if constexpr (D::bytes == 0) {
        *to = static_cast<Unsigned>(mask);
    } else {
#ifndef __CUDACC__  // nvcc takes no vectors in code for the GPU
        using Masks __attribute__((vector_size(D::count * sizeof(Unsigned)))) = Unsigned;
        const Masks narrow = __builtin_convertvector(mask, Masks);
        __builtin_memcpy(to, &narrow, sizeof(narrow));
#endif
    }
}

}  // namespace drift::kernels
