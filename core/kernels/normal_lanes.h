// Box-Muller over lanes, for kernels that draw their own noise.
#pragma once

#include "core/kernels/lane_math.h"
#include "core/kernels/philox_lanes.h"

namespace drift::kernels {

/// sin and cos of 2 pi * word / 2^32. The reduction to an eighth of a turn is exact, in integers.
template <class L>
DRIFT_INLINE void sincos_turns(const typename L::Bits& word, typename L::Real& sine, typename L::Real& cosine) {
    using T = typename L::Scalar;
    using Real = typename L::Real;
    using Bits = typename L::Bits;
    using Int = typename L::Int;
    constexpr uint32_t eighth = 1u << 29;
    const Bits turned = (word + eighth) & 0xffffffffu;
    const Bits quarter = turned >> 30;
    const Bits rest = turned & 0x3fffffffu;  // an eighth of a turn too large
    Real angle;
    if constexpr (sizeof(T) == 4) {
        const Int signed_rest = same_bits<Int>(rest) - static_cast<int32_t>(eighth);
        if constexpr (L::bytes == 0) {
            angle = static_cast<float>(signed_rest);
        } else {
            angle = __builtin_convertvector(signed_rest, Real);
        }
    } else {
        const Bits as_real = rest | 0x4330000000000000u;  // 2^52 + rest
        angle = same_bits<Real>(as_real) - (0x1p52 + static_cast<double>(eighth));
    }
    angle = angle * T(1.4629180792671596e-09);  // 2 pi / 2^32
    const Real z = angle * angle;
    Real s, c;
    if constexpr (sizeof(T) == 4) {
        const T sin_c[] = {-1.f / 6, 1.f / 120, -1.f / 5040, 1.f / 362880};
        const T cos_c[] = {1.f, -1.f / 2, 1.f / 24, -1.f / 720, 1.f / 40320, -1.f / 3628800};
        s = angle + angle * z * polynomial<L>(z, sin_c);
        c = polynomial<L>(z, cos_c);
    } else {
        const T sin_c[] = {-1. / 6,        1. / 120,         -1. / 5040,           1. / 362880,
                           -1. / 39916800, 1. / 6227020800., -1. / 1307674368000., 1. / 355687428096000.};
        const T cos_c[] = {1.,
                           -1. / 2,
                           1. / 24,
                           -1. / 720,
                           1. / 40320,
                           -1. / 3628800,
                           1. / 479001600,
                           -1. / 87178291200.,
                           1. / 20922789888000.};
        s = angle + angle * z * polynomial<L>(z, sin_c);
        c = polynomial<L>(z, cos_c);
    }
    const auto swapped = (quarter & 1) != 0;
    constexpr int sign_shift = static_cast<int>(sizeof(T)) * 8 - 2;
    const Bits sine_sign = (quarter & 2) << sign_shift;
    const Bits cosine_sign = ((quarter + 1) & 2) << sign_shift;
    const Real sine_size = swapped ? c : s;
    const Real cosine_size = swapped ? s : c;
    const Bits signed_sine = same_bits<Bits>(sine_size) ^ sine_sign;
    const Bits signed_cosine = same_bits<Bits>(cosine_size) ^ cosine_sign;
    sine = same_bits<Real>(signed_sine);
    cosine = same_bits<Real>(signed_cosine);
}

/// Exact for double, rounded for float.
template <class L>
DRIFT_INLINE typename L::Real real_from_31_bits(const typename L::Bits& integer) {
    if constexpr (sizeof(typename L::Scalar) == 8) {
        const typename L::Bits as_real = integer | 0x4330000000000000u;
        return same_bits<typename L::Real>(as_real) - 0x1p52;
    } else if constexpr (L::bytes == 0) {
        return static_cast<float>(static_cast<int32_t>(integer));
    } else {
        return __builtin_convertvector(same_bits<typename L::Int>(integer), typename L::Real);
    }
}

/// sqrt(-2 ln u) with u = (word / 2 + 1/2) / 2^31, so at most 6.66. Where u is near 1 the logarithm is taken of 1 - u,
/// which is exact, so that float and double agree there as well.
template <class L>
DRIFT_INLINE typename L::Real normal_radius(const typename L::Bits& word) {
    using T = typename L::Scalar;
    using Real = typename L::Real;
    using Bits = typename L::Bits;
    const Bits low = (word & 0xffffffffu) >> 1;
    const Real u = (real_from_31_bits<L>(low) + T(0.5)) * T(0x1p-31);
    const Real one_minus_u = (real_from_31_bits<L>(0x7fffffffu - low) + T(0.5)) * T(0x1p-31);
    Real exponent, f;
    split_for_log<L>(u, exponent, f);
    const auto near_one = one_minus_u < T(0.29);
    exponent = near_one ? Real{} : exponent;
    f = near_one ? -one_minus_u : f;
    const Real log_u = exponent * T(0.6931471805599453) + log1p_small<L>(f);
    return sqrt_lanes<L>(log_u * T(-2));
}

/// Two standard normal numbers from two words.
template <class L>
DRIFT_INLINE void normal_pair(const typename L::Bits& radius_word, const typename L::Bits& angle_word,
                              typename L::Real& z0, typename L::Real& z1) {
    const typename L::Real radius = normal_radius<L>(radius_word);
    typename L::Real sine, cosine;
    sincos_turns<L>(angle_word, sine, cosine);
    z0 = radius * cosine;
    z1 = radius * sine;
}

/// The first `Count` (1 to 4) of the four standard normal numbers that come from the words of a block.
template <class L, int Count>
DRIFT_INLINE void normals_from_words(const typename L::Bits (&word)[4], typename L::Real (&z)[4]) {
    normal_pair<L>(word[0], word[1], z[0], z[1]);
    if constexpr (Count > 2) {
        normal_pair<L>(word[2], word[3], z[2], z[3]);
    }
}

/// uniform() of the words of a block, for lanes of double: both parts and their sum are exact.
template <class L>
DRIFT_INLINE typename L::Real uniform_from_words(const typename L::Bits (&word)[4]) {
    static_assert(sizeof(typename L::Scalar) == 8, "53 bits want a double");
    const typename L::Bits high = (word[0] & 0xffffffffu) | 0x4330000000000000u;  // 2^52 + word
    const typename L::Bits low = ((word[1] & 0xffffffffu) >> 11) | 0x4330000000000000u;
    return (same_bits<typename L::Real>(high) - 0x1p52) * 0x1p-32 +
           (same_bits<typename L::Real>(low) - 0x1p52) * 0x1p-53;
}

// g++ 12 takes counters and elements of `state` for uninitialised where two streams are drawn in one loop.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#ifndef __CUDACC__

/// Counters of the lanes: Philox works on 64-bit lanes, so of float lanes the even and the odd ones are done in turn.
template <class L>
struct LaneCounters {
    static constexpr int parts = 8 / static_cast<int>(sizeof(typename L::Scalar));
    static constexpr int wide_lanes = L::bytes / 8;
    typename L::Wide particle[parts];
    typename L::Wide block[parts];
};

/// Particles first, first + 1, ..., all with the same block.
template <class L>
DRIFT_INLINE void count_particles(int64_t first, int64_t block, LaneCounters<L>& counters) {
    using Wide = typename L::Wide;
    for (int part = 0; part < counters.parts; ++part) {
        Wide lanes{};
        DRIFT_UNROLL
        for (int l = 0; l < counters.wide_lanes; ++l) {
            lanes[l] = static_cast<uint64_t>(counters.parts * l + part);
        }
        counters.particle[part] = lanes + static_cast<uint64_t>(first);
        counters.block[part] = Wide{} + static_cast<uint64_t>(block);
    }
}

/// Items first, first + 1, ... of the list that runs through the blocks of one particle after the other.
template <class L>
DRIFT_INLINE void count_items(int64_t first, int64_t blocks, LaneCounters<L>& counters) {
    for (int part = 0; part < counters.parts; ++part) {
        DRIFT_UNROLL
        for (int l = 0; l < counters.wide_lanes; ++l) {
            const int64_t item = first + counters.parts * l + part;
            counters.particle[part][l] = static_cast<uint64_t>(item / blocks);
            counters.block[part][l] = static_cast<uint64_t>(item % blocks);
        }
    }
}

template <class L>
DRIFT_INLINE void random_words(RandomStream stream, const PhiloxKeys& keys, const LaneCounters<L>& counters,
                               typename L::Bits (&word)[4]) {
    using Wide = typename L::Wide;
    Wide state[LaneCounters<L>::parts][4];
    for (int part = 0; part < counters.parts; ++part) {
        state[part][0] = counters.particle[part];
        state[part][1] = Wide{} + static_cast<uint64_t>(stream.step);
        state[part][2] = counters.block[part];
        state[part][3] = Wide{} + static_cast<uint64_t>(stream.purpose);
    }
    philox4x32_lanes(state, keys);
    for (int k = 0; k < 4; ++k) {
        Wide joined = state[0][k];
        if constexpr (LaneCounters<L>::parts == 2) {
            joined = (joined & 0xffffffffu) | (state[1][k] << 32);
        }
        word[k] = same_bits<typename L::Bits>(joined);
    }
}
#endif

/// The words of `block` of the particles first, first + 1, ..., one a lane; `keys` are those of the stream.
template <class L>
DRIFT_INLINE void words_for_particles(RandomStream stream, const PhiloxKeys& keys, int64_t first, int64_t block,
                                      typename L::Bits (&word)[4]) {
    if constexpr (L::bytes == 0) {
        const PhiloxBlock words = random_block(stream, static_cast<uint64_t>(first), static_cast<uint64_t>(block));
        for (int k = 0; k < 4; ++k) {
            word[k] = words.word[k];
        }
    } else {
#ifndef __CUDACC__
        LaneCounters<L> counters{};
        count_particles<L>(first, block, counters);
        random_words<L>(stream, keys, counters, word);
#endif
    }
}

template <class L>
DRIFT_INLINE void words_for_particles(RandomStream stream, int64_t first, int64_t block, typename L::Bits (&word)[4]) {
    words_for_particles<L>(stream, philox_keys(stream), first, block, word);
}

/// The words of item `first` and those that follow it, where each particle has `blocks` of them.
template <class L>
DRIFT_INLINE void words_for_items(RandomStream stream, int64_t first, int64_t blocks, typename L::Bits (&word)[4]) {
    if constexpr (L::bytes == 0) {
        words_for_particles<L>(stream, first / blocks, first % blocks, word);
    } else {
#ifndef __CUDACC__
        LaneCounters<L> counters{};
        if (blocks == 1) {
            count_particles<L>(first, 0, counters);
        } else {
            count_items<L>(first, blocks, counters);
        }
        random_words<L>(stream, philox_keys(stream), counters, word);
#endif
    }
}

#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#pragma GCC diagnostic pop
#endif

}  // namespace drift::kernels
