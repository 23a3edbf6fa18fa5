// exp, log and sin/cos of all lanes at once, as polynomials: std::exp in a loop over particles is a call per particle,
// ten times slower. Within about 2 units in the last place; infinities and NaN behave as in <cmath>.
#pragma once

#include "core/kernels/lanes.h"

#include <cmath>

namespace drift::kernels {

/// ln 2 in two parts, the first with so few bits that its product with an exponent is exact.
template <class T>
struct Ln2;
template <>
struct Ln2<float> {
    static constexpr float high = 0.693145751953125f;
    static constexpr float low = 1.42860682030941723e-6f;
};
template <>
struct Ln2<double> {
    static constexpr double high = 6.93147180369123816490e-01;
    static constexpr double low = 1.90821492927058770002e-10;
};

/// The polynomial with these coefficients, the constant first, of several vectors at once: a chain of multiplications
/// waits for each of its links, and a processor looks only so far ahead for something else to do meanwhile.
template <class L, int Vectors, int Count>
DRIFT_INLINE void polynomials(const typename L::Real (&x)[Vectors], const typename L::Scalar (&coefficients)[Count],
                              typename L::Real (&sum)[Vectors]) {
    for (int v = 0; v < Vectors; ++v) {
        sum[v] = every_lane<L>(coefficients[Count - 1]);
    }
    for (int k = Count - 2; k >= 0; --k) {
        for (int v = 0; v < Vectors; ++v) {
            sum[v] = sum[v] * x[v] + coefficients[k];
        }
    }
}

template <class L, int Count>
DRIFT_INLINE typename L::Real polynomial(const typename L::Real& x, const typename L::Scalar (&coefficients)[Count]) {
    const typename L::Real one[1] = {x};
    typename L::Real sum[1];
    polynomials<L>(one, coefficients, sum);
    return sum[0];
}

template <class L>
DRIFT_INLINE typename L::Real exp_polynomial(const typename L::Real& r) {
    using T = typename L::Scalar;
    if constexpr (sizeof(T) == 4) {  // minimax on [-ln 2 / 2, ln 2 / 2], relative error 2e-9
        const T c[] = {1.f,
                       1.00000003632e+0f,
                       4.99999920811e-1f,
                       1.66664201711e-1f,
                       4.16682252430e-2f,
                       8.37481575264e-3f,
                       1.38368646165e-3f};
        return polynomial<L>(r, c);
    } else {  // 3e-18
        const T c[] = {1.,
                       1.,
                       5.00000000000001768e-1,
                       1.66666666666661685e-1,
                       4.16666666664927781e-2,
                       8.33333333355937684e-3,
                       1.38888889512211263e-3,
                       1.98412694324544428e-4,
                       2.48014864852386758e-5,
                       2.75576227351516222e-6,
                       2.76322932386959060e-7,
                       2.49942387816224215e-8};
        return polynomial<L>(r, c);
    }
}

/// 2^r for r in [-1/2, 1/2], minimax.
template <class L, int Vectors>
DRIFT_INLINE void exp2_polynomials(const typename L::Real (&r)[Vectors], typename L::Real (&power)[Vectors]) {
    using T = typename L::Scalar;
    if constexpr (sizeof(T) == 4) {  // relative error 7.5e-8, as large as that of rounding
        const T c[] = {1.00000007165e+0f, 6.93146967065e-1f, 2.40221197237e-1f,
                       5.55071327186e-2f, 9.67554134312e-3f, 1.32764726320e-3f};
        polynomials<L>(r, c, power);
    } else {  // 3e-18
        const T c[] = {1.,
                       6.93147180559945330e-1,
                       2.40226506959101562e-1,
                       5.55041086648199208e-2,
                       9.61812910758833759e-3,
                       1.33335581467901191e-3,
                       1.54035304625114389e-4,
                       1.52527334897879969e-5,
                       1.32154330911714840e-6,
                       1.01781981087775565e-7,
                       7.07410536018109840e-9,
                       4.43526921448855192e-10};
        polynomials<L>(r, c, power);
    }
}

/// e^x where x <= 0, as in every softmax; 0 where e^x would not be a normal number. NaN stays NaN.
template <class L>
DRIFT_INLINE typename L::Real exp_nonpositive(const typename L::Real& x) {
    using T = typename L::Scalar;
    using Real = typename L::Real;
    using Bits = typename L::Bits;
    using Format = BitsOf<T>;
    constexpr bool single = sizeof(T) == 4;
    constexpr T lowest = single ? T(-87.3) : T(-708.3);
    constexpr T log2_e = T(1.4426950408889634);
    constexpr T round_to_integer = single ? T(12582912) : T(6755399441055744);  // 1.5 * 2^mantissa: low bits are n
    const Real bounded = x < lowest ? every_lane<L>(lowest) : x;
    const Real shifted = bounded * log2_e + round_to_integer;
    const Real n = shifted - round_to_integer;
    const Real r = (bounded - n * Ln2<T>::high) - n * Ln2<T>::low;
    const Bits power = (same_bits<Bits>(shifted) << Format::mantissa) + Format::one;
    const Real result = exp_polynomial<L>(r) * same_bits<Real>(power);
    return x < lowest ? Real{} : result;
}

/// 2^x for x <= 0 in a softmax: as cheap as it gets, and the smallest normal number where 2^x would be below it.
template <class L>
DRIFT_INLINE typename L::Real softmax_exp2(const typename L::Real& x) {
    using T = typename L::Scalar;
    using Real = typename L::Real;
    using Bits = typename L::Bits;
    constexpr bool single = sizeof(T) == 4;
    constexpr T lowest = single ? T(-126) : T(-1022);
    constexpr T biased_round = single ? T(12582912 + 127) : T(6755399441055744 + 1023);
    const Real bounded = x < lowest ? every_lane<L>(lowest) : x;  // NaN stays
    const Real shifted = bounded + biased_round;
    const Real r[1] = {bounded - (shifted - biased_round)};
    const Bits power = same_bits<Bits>(shifted) << BitsOf<T>::mantissa;
    Real fraction[1];
    exp2_polynomials<L>(r, fraction);
    return fraction[0] * same_bits<Real>(power);
}

/// Numbers split for 2^x: the nearest whole number, in the low bits of a sum, and the rest.
template <class L, int Vectors>
struct SplitForExp2 {
    typename L::Real shifted[Vectors];
    typename L::Real rest[Vectors];
};

/// Of numbers at or below 0, whose bits grow with their size, so that the bound is one integer minimum.
template <class L, int Vectors>
DRIFT_INLINE SplitForExp2<L, Vectors> split_for_exp2(const typename L::Real (&x)[Vectors]) {
    using T = typename L::Scalar;
    using Bits = typename L::Bits;
    constexpr bool single = sizeof(T) == 4;
    constexpr T lowest = single ? T(-126) : T(-1022);
    constexpr T round = single ? T(12582912) : T(6755399441055744);
    const Bits most = same_bits<Bits>(every_lane<L>(lowest));
    SplitForExp2<L, Vectors> split;
    for (int v = 0; v < Vectors; ++v) {
        const Bits bits = same_bits<Bits>(x[v]);
        const Bits least = bits < most ? bits : most;
        split.rest[v] = same_bits<typename L::Real>(least);
    }
    for (int v = 0; v < Vectors; ++v) {
        split.shifted[v] = split.rest[v] + round;
    }
    for (int v = 0; v < Vectors; ++v) {
        split.rest[v] = split.rest[v] - (split.shifted[v] - round);
    }
    return split;
}

/// The power is added to the exponent, which leaves a multiplication to others.
template <class L, int Vectors>
DRIFT_INLINE void exp2_of_split(const SplitForExp2<L, Vectors>& split, typename L::Real (&power)[Vectors]) {
    using Bits = typename L::Bits;
    typename L::Real fraction[Vectors];
    exp2_polynomials<L>(split.rest, fraction);
    // Where the polynomial is below 1, x is above the bound: the exponent stays that of a normal number.
    for (int v = 0; v < Vectors; ++v) {
        const Bits sum =
            same_bits<Bits>(fraction[v]) + (same_bits<Bits>(split.shifted[v]) << BitsOf<typename L::Scalar>::mantissa);
        power[v] = same_bits<typename L::Real>(sum);
    }
}

/// log(1 + f) for f in [sqrt(1/2) - 1, sqrt(2) - 1]: 2 atanh(s) with s = f / (2 + f).
template <class L>
DRIFT_INLINE typename L::Real log1p_small(const typename L::Real& f) {
    using T = typename L::Scalar;
    const typename L::Real s = f / (f + T(2));
    const typename L::Real z = s * s;
    const typename L::Real twice = s + s;
    if constexpr (sizeof(T) == 4) {
        const T c[] = {1.f / 3, 1.f / 5, 1.f / 7, 1.f / 9};
        return twice + twice * z * polynomial<L>(z, c);
    } else {
        const T c[] = {1. / 3, 1. / 5, 1. / 7, 1. / 9, 1. / 11, 1. / 13, 1. / 15, 1. / 17, 1. / 19, 1. / 21, 1. / 23};
        return twice + twice * z * polynomial<L>(z, c);
    }
}

/// Splits x > 0 into 2^exponent * (1 + f), 1 + f in [sqrt(1/2), sqrt(2)).
template <class L>
DRIFT_INLINE void split_for_log(const typename L::Real& x, typename L::Real& exponent, typename L::Real& f) {
    using T = typename L::Scalar;
    using Real = typename L::Real;
    using Bits = typename L::Bits;
    using Format = BitsOf<T>;
    using Unsigned = typename Format::Unsigned;
    constexpr Unsigned mantissa_mask = (Unsigned(1) << Format::mantissa) - 1;
    constexpr Unsigned bias = sizeof(T) == 4 ? 128 : 1024;  // keeps the difference positive
    const Bits biased = same_bits<Bits>(x) - Format::sqrt_half + (bias << Format::mantissa);
    // As the low bits of 1.5 * 2^mantissa, an integer becomes a real number by one subtraction in any instruction set.
    constexpr T magic = sizeof(T) == 4 ? T(12582912) : T(6755399441055744);
    const Bits magic_bits = same_bits<Bits>(every_lane<L>(magic));
    const Bits real_exponent = (biased >> Format::mantissa) + magic_bits;
    exponent = same_bits<Real>(real_exponent) - (magic + static_cast<T>(bias));
    const Bits one_plus_f = (biased & mantissa_mask) + Format::sqrt_half;
    f = same_bits<Real>(one_plus_f) - T(1);
}

/// log(x) for x >= 0; -infinity at 0, numbers too small to be normal count as 0.
template <class L>
DRIFT_INLINE typename L::Real log_lanes(const typename L::Real& x) {
    using T = typename L::Scalar;
    using Real = typename L::Real;
    constexpr bool single = sizeof(T) == 4;
    constexpr T smallest = single ? T(1.17549435e-38) : T(2.2250738585072014e-308);
    constexpr T largest = single ? T(3.40282347e+38) : T(1.7976931348623157e+308);
    Real exponent, f;
    split_for_log<L>(x, exponent, f);
    const Real finite = exponent * Ln2<T>::high + (exponent * Ln2<T>::low + log1p_small<L>(f));
    const Real large = x <= largest ? finite : x;  // infinity and NaN are their own logarithm
    return x < smallest ? every_lane<L>(-static_cast<T>(__builtin_inf())) : large;
}

template <class L>
DRIFT_INLINE typename L::Real sqrt_lanes(const typename L::Real& x) {
    if constexpr (L::bytes == 0) {
        return std::sqrt(x);
    } else {
        typename L::Real root{};
        DRIFT_UNROLL
        for (int l = 0; l < L::count; ++l) {  // becomes one instruction
            root[l] = std::sqrt(x[l]);
        }
        return root;
    }
}

}  // namespace drift::kernels
