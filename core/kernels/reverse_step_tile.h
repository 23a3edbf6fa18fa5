// What reverse_step.h computes for a tile of particles; mixture_twist.cu runs it right before their denoiser.
#pragma once

#include "core/kernels/normal_lanes.h"
#include "core/kernels/not_finite.h"
#include "core/kernels/reverse_step.h"
#include "core/kernels/row_blocks.h"

namespace drift::kernels {

/// A product as it is: compilers merge one of two products into their sum, and which one differs from place to place,
/// so that a step would come out differently by a rounding where it is a pass of its own. Clang merges within an
/// expression alone.
template <class L>
DRIFT_INLINE typename L::Real rounded(typename L::Real product) {
#if defined(__x86_64__) && !defined(__CUDACC__) && !defined(__clang__)
    if constexpr (L::bytes == 64) {
        asm("" : "+v"(product));
    } else {
        asm("" : "+x"(product));
    }
#endif
    return product;
}

/// Dims coordinates, or any number of them where Dims is 0.
template <class T, int Dims>
struct TakeReverseStep {
    using Real = T;
    ReverseStep<T> step;

    static constexpr int width = block_width<Dims>;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        typename L::Real ratio{}, zero{};
        for (int64_t k = 0; k < (Dims == 0 ? step.dims : Dims); k += width) {
            typename L::Real z[4]{};
            if (step.tau > 0 || (Dims == 2 && step.beside != nullptr)) {
                typename L::Bits word[4];
                words_for_particles<L>(step.noise, first, k / 4, word);
                normals_from_words<L, width>(word, z);
                move<L>(first, valid, k, z, ratio, zero);
                leave_beside<L>(first, valid, word);
            } else {
                move<L>(first, valid, k, z, ratio, zero);
            }
        }
        count_not_finite<L>(valid, zero, step.not_finite);
        if (step.log_ratio != nullptr) {
            store_doubles<L>(step.log_ratio + first, valid, ratio);
        }
    }

    /// After the step, which may read what is overwritten here.
    template <class L>
    DRIFT_INLINE void leave_beside(int64_t first, int valid, const typename L::Bits (&word)[4]) const {
        if constexpr (Dims == 2) {
            if (step.beside != nullptr) {
                typename L::Real z[2];
                normal_pair<L>(word[2], word[3], z[0], z[1]);
                store_rows<L>(step.beside + first * Dims, valid, z);
            }
        }
    }

    /// `zero` grows by x' - x'.
    template <class L>
    DRIFT_INLINE void move(int64_t first, int valid, int64_t k, const typename L::Real (&z)[4], typename L::Real& ratio,
                           typename L::Real& zero) const {
        using V = typename L::Real;
        const T c = static_cast<T>(step.c);
        const T rest = static_cast<T>(1 - step.c);
        const T tau = static_cast<T>(step.tau);
        const T shift = static_cast<T>((1 - step.c) * step.shift_scale);
        const T inverse_tau = step.tau > 0 ? static_cast<T>(1 / step.tau) : T(0);
        V x[width]{}, denoised[width]{}, next[width], pull[width]{};
        const int64_t row = first * (Dims == 0 ? step.dims : Dims);
        load_block<L, Dims>(step.x + row, step.dims, k, valid, x);
        load_block<L, Dims>(step.denoised + row, step.dims, k, valid, denoised);
        if (step.pull != nullptr) {
            load_block<L, Dims>(step.pull + row, step.dims, k, valid, pull);
        }
        for (int i = 0; i < width; ++i) {
            next[i] = rest * denoised[i] + (c * x[i] + rounded<L>(tau * z[i]));
            if (step.pull != nullptr) {
                const V delta = rounded<L>(shift * pull[i]);
                const V scaled = delta * inverse_tau;
                next[i] += delta;
                ratio -= scaled * (z[i] + T(0.5) * scaled);
            }
            zero += next[i] - next[i];
        }
        store_block<L, Dims>(step.next + row, step.dims, k, valid, next);
    }
};

/// Throws std::invalid_argument where a density ratio is wanted of a guided step without noise.
template <class T>
void check_step(const ReverseStep<T>& step) {
    if (step.log_ratio != nullptr && step.pull != nullptr && !(step.tau > 0)) {
        throw std::invalid_argument("a guided step without noise has no density ratio");
    }
}

}  // namespace drift::kernels
