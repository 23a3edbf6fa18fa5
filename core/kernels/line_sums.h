// Sums over the components of a mixture in the plane that is a product of two mixtures on the line: modes on a full
// grid whose weights are products as well, as of 25 modes with equal weights. A sum over the grid is then the product
// of the sums over its columns and over its rows: 10 powers of two a particle instead of 25.
#pragma once

#include "core/kernels/lane_math.h"

namespace drift::kernels {

/// Numbers a component on the line has: its logit, u b and (u b)^2, with u and b as in mixture_level.h.
constexpr int64_t line_numbers = 3;

/// Of both coordinates, with e = 2^logit.
template <class L>
struct LineSums {
    typename L::Real weight[2]{};  // sum of e
    typename L::Real first[2]{};   // sum of e u b
    typename L::Real second[2]{};  // sum of e (u b)^2, where wanted
};

/// Adds `Pairs` pairs of components, one of each line, at c [Pairs, 2, line_numbers].
template <class L, int Pairs, bool Second>
DRIFT_INLINE void add_line_pairs(const typename L::Scalar* c, const typename L::Real (&u)[2], LineSums<L>& sums) {
    typename L::Real logits[2 * Pairs], e[2 * Pairs];
    for (int i = 0; i < 2 * Pairs; ++i) {
        const typename L::Real difference = u[i % 2] - c[i * line_numbers + 1];
        logits[i] = c[i * line_numbers] - difference * difference;
    }
    exp2_of_split<L>(split_for_exp2<L>(logits), e);
    for (int i = 0; i < 2 * Pairs; ++i) {
        sums.weight[i % 2] += e[i];
        sums.first[i % 2] += e[i] * c[i * line_numbers + 1];
        if constexpr (Second) {
            sums.second[i % 2] += e[i] * c[i * line_numbers + 2];
        }
    }
}

/// The sums of `pairs` pairs at c, for particles at u (x - mean of the mixture).
template <class L, bool Second>
DRIFT_INLINE LineSums<L> line_sums(const typename L::Scalar* c, int64_t pairs, const typename L::Real (&u)[2]) {
    constexpr int together = L::bytes == 64 ? 2 : 1;  // as many as there are registers for
    LineSums<L> sums;
    int64_t j = 0;
    for (; j + together <= pairs; j += together) {
        add_line_pairs<L, together, Second>(c + j * 2 * line_numbers, u, sums);
    }
    for (; j < pairs; ++j) {
        add_line_pairs<L, 1, Second>(c + j * 2 * line_numbers, u, sums);
    }
    return sums;
}

}  // namespace drift::kernels
