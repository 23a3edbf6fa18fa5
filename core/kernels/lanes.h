// What a kernel computes with: one particle per lane. On the CPU the lanes are a vector register (GCC's and Clang's
// vector types, 16, 32 or 64 bytes), on the GPU a plain number; the same expressions are written once for both.
#pragma once

#include "core/kernels/host_device.h"

#include <cstdint>

namespace drift::kernels {

template <class T>
struct BitsOf;
template <>
struct BitsOf<float> {
    using Signed = int32_t;
    using Unsigned = uint32_t;
    static constexpr int mantissa = 23;
    static constexpr uint32_t one = 0x3f800000;
    static constexpr uint32_t sqrt_half = 0x3f3504f3;
};
template <>
struct BitsOf<double> {
    using Signed = int64_t;
    using Unsigned = uint64_t;
    static constexpr int mantissa = 52;
    static constexpr uint64_t one = 0x3ff0000000000000;
    static constexpr uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
};

/// `Bytes` / sizeof(T) lanes of T, with integer lanes of the same width; 0 bytes is a single plain T.
template <class T, int Bytes>
struct Lanes {
    static constexpr int count = Bytes / static_cast<int>(sizeof(T));
    static constexpr int bytes = Bytes;
    using Real __attribute__((vector_size(Bytes))) = T;
    using Int __attribute__((vector_size(Bytes))) = typename BitsOf<T>::Signed;
    using Bits __attribute__((vector_size(Bytes))) = typename BitsOf<T>::Unsigned;
    using Wide __attribute__((vector_size(Bytes))) = uint64_t;
    using Scalar = T;
};
template <class T>
struct Lanes<T, 0> {
    static constexpr int count = 1;
    static constexpr int bytes = 0;
    using Real = T;
    using Int = typename BitsOf<T>::Signed;
    using Bits = typename BitsOf<T>::Unsigned;
    using Wide = uint64_t;
    using Scalar = T;
};

template <class To, class From>
DRIFT_INLINE To same_bits(const From& from) {
    static_assert(sizeof(To) == sizeof(From), "same_bits keeps the size");
    To to;
    __builtin_memcpy(&to, &from, sizeof(to));
    return to;
}

template <class L>
DRIFT_INLINE typename L::Real every_lane(typename L::Scalar value) {
    return typename L::Real{} + value;
}

/// Lane l of a vector; the number itself where there is one lane.
template <class L>
DRIFT_INLINE typename L::Scalar lane(const typename L::Real& value, int l) {
    if constexpr (L::bytes == 0) {
        return (void)l, value;
    } else {
        return value[l];
    }
}

/// Whether any bit is set in any lane. By the instruction that asks just that, where there is one: g++ finds it in no
/// expression and takes the register apart, which costs a tenth of a whole denoiser. Clang finds it by itself.
template <class L>
DRIFT_INLINE bool any_bit(const typename L::Bits& bits) {
#if defined(__x86_64__) && !defined(__CUDACC__) && !defined(__clang__)
    bool any;
    if constexpr (L::bytes == 64) {
        asm("vptestmq %1, %1, %%k1\n\tkortestb %%k1, %%k1" : "=@ccnz"(any) : "v"(bits) : "k1");
        return any;
    } else if constexpr (L::bytes == 32) {
        asm("vptest %1, %1" : "=@ccnz"(any) : "x"(bits));
        return any;
    }
#endif
    if constexpr (L::bytes == 0) {
        return bits != 0;
    } else {
        const auto words = same_bits<typename L::Wide>(bits);
        uint64_t any_of_words = 0;
        DRIFT_UNROLL
        for (int l = 0; l < L::bytes / 8; ++l) {
            any_of_words |= words[l];
        }
        return any_of_words != 0;
    }
}

// Questions to all lanes at once are asked of their bits: g++ takes a comparison whose mask is not used to choose apart
// into one for each lane.

/// Whether any lane is not 0; NaN is not.
template <class L>
DRIFT_INLINE bool any_nonzero(const typename L::Real& value) {
    return any_bit<L>(same_bits<typename L::Bits>(value) << 1);  // -0 is 0
}

/// All bits of the lanes that are below `bound`, none of the others'; lanes and bound are positive or 0, whose bits are
/// in the order of the numbers.
template <class L>
DRIFT_INLINE typename L::Bits lanes_below(const typename L::Real& value, typename L::Scalar bound) {
    using Bits = typename L::Bits;
    constexpr int sign = static_cast<int>(8 * sizeof(typename L::Scalar) - 1);
    const Bits difference = same_bits<Bits>(value) - same_bits<Bits>(every_lane<L>(bound));
    return Bits{} - (difference >> sign);
}

/// Number of a lane within its tile: 0, 1, 2, ...
template <class L>
DRIFT_INLINE typename L::Int lane_numbers() {
    typename L::Int numbers{};
    if constexpr (L::bytes != 0) {
        for (int l = 0; l < L::count; ++l) {
            numbers[l] = l;
        }
    }
    return numbers;
}

// The GPU has one lane and no shuffles; nvcc need not see these.
#ifndef __CUDACC__

/// Of the lanes of `low` followed by those of `high`: every second one, from the first or from the second.
template <class L>
DRIFT_INLINE typename L::Real shuffle_even(const typename L::Real& low, const typename L::Real& high) {
    if constexpr (L::count == 2) {
        return __builtin_shufflevector(low, high, 0, 2);
    } else if constexpr (L::count == 4) {
        return __builtin_shufflevector(low, high, 0, 2, 4, 6);
    } else if constexpr (L::count == 8) {
        return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
    } else {
        return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    }
}
template <class L>
DRIFT_INLINE typename L::Real shuffle_odd(const typename L::Real& low, const typename L::Real& high) {
    if constexpr (L::count == 2) {
        return __builtin_shufflevector(low, high, 1, 3);
    } else if constexpr (L::count == 4) {
        return __builtin_shufflevector(low, high, 1, 3, 5, 7);
    } else if constexpr (L::count == 8) {
        return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
    } else {
        return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    }
}

/// first[0], second[0], first[1], second[1], ...: the lower and the upper half.
template <class L>
DRIFT_INLINE typename L::Real interleave_low(const typename L::Real& first, const typename L::Real& second) {
    if constexpr (L::count == 2) {
        return __builtin_shufflevector(first, second, 0, 2);
    } else if constexpr (L::count == 4) {
        return __builtin_shufflevector(first, second, 0, 4, 1, 5);
    } else if constexpr (L::count == 8) {
        return __builtin_shufflevector(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
    } else {
        return __builtin_shufflevector(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    }
}
template <class L>
DRIFT_INLINE typename L::Real interleave_high(const typename L::Real& first, const typename L::Real& second) {
    if constexpr (L::count == 2) {
        return __builtin_shufflevector(first, second, 1, 3);
    } else if constexpr (L::count == 4) {
        return __builtin_shufflevector(first, second, 2, 6, 3, 7);
    } else if constexpr (L::count == 8) {
        return __builtin_shufflevector(first, second, 4, 12, 5, 13, 6, 14, 7, 15);
    } else {
        return __builtin_shufflevector(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
}

#endif

/// Entry `column` of consecutive rows of a row-major matrix, a row per lane; `matrix` points at the first of them.
/// Lanes from `valid` on repeat the first row, so that they compute something harmless.
template <class L>
DRIFT_INLINE typename L::Real load_column(const typename L::Scalar* matrix, int64_t columns, int64_t column,
                                          int valid) {
    const typename L::Scalar* entry = matrix + column;
    typename L::Real value = every_lane<L>(*entry);
    if constexpr (L::bytes != 0) {
        if (valid < L::count) {
            for (int l = 1; l < valid; ++l) {
                value[l] = entry[l * columns];
            }
        } else if (columns == 1) {
            __builtin_memcpy(&value, entry, sizeof(value));
        } else {
            DRIFT_UNROLL
            for (int l = 1; l < L::count; ++l) {
                value[l] = entry[l * columns];
            }
        }
    }
    return value;
}

/// The counterpart of load_column; lanes from `valid` on are not stored.
template <class L>
DRIFT_INLINE void store_column(typename L::Scalar* matrix, int64_t columns, int64_t column, int valid,
                               const typename L::Real& value) {
    typename L::Scalar* entry = matrix + column;
    if constexpr (L::bytes == 0) {
        (void)columns, (void)valid, *entry = value;
    } else if (valid < L::count) {
        for (int l = 0; l < valid; ++l) {
            entry[l * columns] = value[l];
        }
    } else if (columns == 1) {
        __builtin_memcpy(entry, &value, sizeof(value));
    } else {
        DRIFT_UNROLL
        for (int l = 0; l < L::count; ++l) {
            entry[l * columns] = value[l];
        }
    }
}

/// Both columns of consecutive rows of a matrix with two columns: two loads and two shuffles instead of 2 L loads.
template <class L>
DRIFT_INLINE void load_pairs(const typename L::Scalar* matrix, int valid, typename L::Real (&value)[2]) {
#ifndef __CUDACC__
    if constexpr (L::count > 1) {
        if (valid == L::count) {
            typename L::Real low, high;
            __builtin_memcpy(&low, matrix, sizeof(low));
            __builtin_memcpy(&high, matrix + L::count, sizeof(high));
            value[0] = shuffle_even<L>(low, high);
            value[1] = shuffle_odd<L>(low, high);
            return;
        }
    }
#endif
    value[0] = load_column<L>(matrix, 2, 0, valid);
    value[1] = load_column<L>(matrix, 2, 1, valid);
}

template <class L>
DRIFT_INLINE void store_pairs(typename L::Scalar* matrix, int valid, const typename L::Real (&value)[2]) {
#ifndef __CUDACC__
    if constexpr (L::count > 1) {
        if (valid == L::count) {
            const typename L::Real low = interleave_low<L>(value[0], value[1]);
            const typename L::Real high = interleave_high<L>(value[0], value[1]);
            __builtin_memcpy(matrix, &low, sizeof(low));
            __builtin_memcpy(matrix + L::count, &high, sizeof(high));
            return;
        }
    }
#endif
    store_column<L>(matrix, 2, 0, valid, value[0]);
    store_column<L>(matrix, 2, 1, valid, value[1]);
}

/// Rows of `columns` numbers, into or out of one vector per column.
template <class L, int Columns>
DRIFT_INLINE void load_rows(const typename L::Scalar* matrix, int valid, typename L::Real (&value)[Columns]) {
    if constexpr (Columns == 2) {
        load_pairs<L>(matrix, valid, value);
    } else {
        for (int k = 0; k < Columns; ++k) {
            value[k] = load_column<L>(matrix, Columns, k, valid);
        }
    }
}
template <class L, int Columns>
DRIFT_INLINE void store_rows(typename L::Scalar* matrix, int valid, const typename L::Real (&value)[Columns]) {
    if constexpr (Columns == 2) {
        store_pairs<L>(matrix, valid, value);
    } else {
        for (int k = 0; k < Columns; ++k) {
            store_column<L>(matrix, Columns, k, valid, value[k]);
        }
    }
}

/// Stores lanes that hold small whole numbers.
template <class L>
DRIFT_INLINE void store_integers(int32_t* to, int valid, const typename L::Real& value) {
    const typename L::Real copy = value;
    for (int l = 0; l < valid; ++l) {
        to[l] = static_cast<int32_t>(lane<L>(copy, l));
    }
}

/// Stores lanes of the working type as double, one per particle.
template <class L>
DRIFT_INLINE void store_doubles(double* to, int valid, const typename L::Real& value) {
    if constexpr (L::count > 1) {
        if (valid == L::count) {
            DRIFT_UNROLL
            for (int l = 0; l < L::count; ++l) {
                to[l] = static_cast<double>(value[l]);
            }
            return;
        }
    }
    for (int l = 0; l < valid; ++l) {
        to[l] = static_cast<double>(lane<L>(value, l));
    }
}

}  // namespace drift::kernels
