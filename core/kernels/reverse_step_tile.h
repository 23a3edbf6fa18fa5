// What reverse_step.h computes for a tile of particles; mixture_twist.cu runs it right before their denoiser.
#pragma once

#include "core/kernels/normal_lanes.h"
#include "core/kernels/not_finite.h"
#include "core/kernels/reverse_step.h"
#include "core/kernels/row_blocks.h"
#include "core/kernels/turn_noise.h"

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
    T* beside = nullptr;  // [2, turn] where normal numbers go that a turn in the plane leaves of its blocks; or null

    static constexpr int width = block_width<Dims>;
    template <class L>
    static constexpr int tile_size_of = Dims == 2 ? turn<L> : L::count;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        if constexpr (Dims != 2) {
            take_blocks<L>(first, count);
        } else if (beside != nullptr) {
            take_turn<L, 4>(first, count);
        } else {
            take_turn<L, 2>(first, count);
        }
    }

    /// With the first `Words` words of each particle's block.
    template <class L, int Words>
    DRIFT_INLINE void take_turn(int64_t first, int count) const {
        constexpr int size = turn<L>;
        typename BitsOf<T>::Unsigned words[Words * size];
        T z[2 * size];
        const bool draws = step.tau > 0 || Words > 2;
        if (draws) {
            run_apart<L>(WordsOfTurn<T, Words>{step.noise, philox_keys(step.noise), first, words, size}, first, count);
            run_apart<L>(NormalsOfTurn<T>{first, words, z, size}, first, count);
        }
        if constexpr (Words > 2) {
            run_apart<L>(NormalsOfTurn<T>{first, words + 2 * size, beside, size}, first, count);
        }
        for (int i = 0; i < count; i += L::count) {
            const int valid = count - i < L::count ? count - i : L::count;
            typename L::Real each[width]{}, ratio{}, zero{};
            for (int k = 0; k < width && draws; ++k) {
                __builtin_memcpy(&each[k], z + k * size + i, sizeof(each[k]));
            }
            move<L>(first + i, valid, 0, each, ratio, zero);
            finish<L>(first + i, valid, ratio, zero);
        }
    }

    template <class L>
    DRIFT_INLINE void take_blocks(int64_t first, int valid) const {
        typename L::Real ratio{}, zero{};
        for (int64_t k = 0; k < (Dims == 0 ? step.dims : Dims); k += width) {
            typename L::Real z[4]{};
            if (step.tau > 0) {
                typename L::Bits word[4];
                words_for_particles<L>(step.noise, first, k / 4, word);
                normals_from_words<L, width>(word, z);
            }
            move<L>(first, valid, k, z, ratio, zero);
        }
        finish<L>(first, valid, ratio, zero);
    }

    template <class L>
    DRIFT_INLINE void finish(int64_t first, int valid, const typename L::Real& ratio,
                             const typename L::Real& zero) const {
        count_not_finite<L>(valid, zero, step.not_finite);
        if (step.log_ratio != nullptr) {
            store_doubles<L>(step.log_ratio + first, valid, ratio);
        }
    }

    /// `zero` grows by x' - x'.
    template <class L, int Numbers>
    DRIFT_INLINE void move(int64_t first, int valid, int64_t k, const typename L::Real (&z)[Numbers],
                           typename L::Real& ratio, typename L::Real& zero) const {
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
                next[i] += delta;
                if (step.log_ratio != nullptr) {
                    const V scaled = delta * inverse_tau;
                    ratio -= scaled * (z[i] + T(0.5) * scaled);
                }
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
