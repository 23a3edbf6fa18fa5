// The fused denoiser where all components have one and the same covariance v I and there are few coordinates.
#pragma once

#include "core/kernels/lane_masks.h"
#include "core/kernels/lane_math.h"
#include "core/kernels/line_sums.h"
#include "core/kernels/mixture_level.h"

namespace drift::kernels {

/// What a tile needs of a level, with s = v + sigma^2 and u = sqrt(1 / (2 s ln 2)): neither roots nor divisions are
/// left to be done for each tile.
template <class T>
struct SharedVarianceConstants {
    T unit;            // u
    T inverse_unit;    // 1 / u
    T gain;            // v / s
    T gain_in_units;   // v / (s u)
    T rest_in_units;   // (1 - v / s) / u
    T spread;          // sigma^2 / s^2
    T score_in_units;  // 1 / (s u)
};

template <class T>
SharedVarianceConstants<T> shared_variance_constants(const MixtureLevel<T>& level) {
    const double noise = level.sigma * level.sigma;
    const double variance = level.variance + noise;
    const double unit = logit_unit(variance);
    return {static_cast<T>(unit),
            static_cast<T>(1 / unit),
            static_cast<T>(level.variance / variance),
            static_cast<T>(level.variance / variance / unit),
            static_cast<T>(noise / variance / unit),
            static_cast<T>(noise / variance / variance),
            static_cast<T>(1 / variance / unit)};
}

/// All components have the covariance v I. With few coordinates and directions everything stays in registers, and one
/// pass over the components, or over both lines of a product, is enough: no logit is above 0, so nothing can overflow.
/// Only where a particle is so far from all components that the sums would lose it, a second pass starts from its own
/// largest logit.
template <class T, int Dims, int Directions, bool Vectors>
struct SharedVarianceMixture {
    using Real = T;
    MixtureLevel<T> level;
    MixtureTask<T> task;
    int64_t base;  // the first of the shared directions that are done here
    SharedVarianceConstants<T> constants;

    template <class L>
    struct Sums {
        typename L::Real weight{};                    // sum of 2^(logit - largest)
        typename L::Real b[Dims]{};                   // the same times u b
        typename L::Real ba[Directions + 1][Dims]{};  // the same times u b (b . a), of a particle's own a u^2 b (b . a)
    };

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        const MixtureLayout layout = layout_of(level);
        const T* head = level.coefficients;
        V u[Dims], w[Dims]{};
        load_rows<L>(task.x + first * Dims, valid, u);
        if constexpr (Vectors) {
            load_rows<L>(task.vectors + first * Dims, valid, w);
        }
        for (int k = 0; k < Dims; ++k) {
            u[k] = (u[k] - head[k]) * constants.unit;
        }
        V largest{};
        Sums<L> sums = product() ? multiply_up<L>(layout, u, w) : add_up<L, false>(layout, u, w, largest);
        const typename L::Bits lost = lanes_below<L>(sums.weight, smallest_sum);
        if (any_bit<L>(lost) || task.component != nullptr) {
            const V own = largest_logit<L>(layout, u, first, valid);
            // A lane keeps what it had unless it needs better: a particle's numbers do not depend on its neighbours.
            largest = choose_lanes<L>(lost, own, largest);
            sums = chosen<L>(lost, add_up<L, true>(layout, u, w, largest), sums);
        }
        for (int k = 0; k < Dims; ++k) {
            sums.weight += u[k] - u[k];  // nothing, but NaN for a particle without a finite place
        }
        finish<L>(first, valid, u, w, sums, largest);
    }

    /// Terms stop at the smallest normal number: far below this.
    static constexpr T smallest_sum = sizeof(T) == 4 ? T(1e-12) : T(1e-100);

    DRIFT_HOST_DEVICE bool product() const { return Dims == 2 && level.line_pairs > 0; }

    template <class L>
    DRIFT_INLINE Sums<L> chosen(const typename L::Bits& mask, const Sums<L>& there, const Sums<L>& here) const {
        Sums<L> sums;
        sums.weight = choose_lanes<L>(mask, there.weight, here.weight);
        for (int k = 0; k < Dims; ++k) {
            sums.b[k] = choose_lanes<L>(mask, there.b[k], here.b[k]);
            for (int r = 0; r <= Directions; ++r) {
                sums.ba[r][k] = choose_lanes<L>(mask, there.ba[r][k], here.ba[r][k]);
            }
        }
        return sums;
    }

    /// The sums of a product of two mixtures on the line, which are products of theirs.
    template <class L>
    DRIFT_INLINE Sums<L> multiply_up(const MixtureLayout& layout, const typename L::Real (&u)[Dims],
                                     const typename L::Real (&w)[Dims]) const {
        Sums<L> sums;
        if constexpr (Dims == 2) {
            constexpr bool second = Directions > 0 || Vectors;
            const LineSums<L> lines =
                line_sums<L, second>(level.coefficients + layout.component(level.components), level.line_pairs, u);
            sums.weight = lines.weight[0] * lines.weight[1];
            sums.b[0] = lines.first[0] * lines.weight[1];
            sums.b[1] = lines.first[1] * lines.weight[0];
            if constexpr (second) {
                const typename L::Real both = lines.first[0] * lines.first[1];
                const typename L::Real squares[2] = {lines.second[0] * lines.weight[1],
                                                     lines.second[1] * lines.weight[0]};
                for (int r = 0; r < Directions; ++r) {
                    const T* a = level.coefficients + layout.direction(base + r);
                    for (int k = 0; k < 2; ++k) {
                        sums.ba[r][k] = (squares[k] * a[k] + both * a[1 - k]) * constants.inverse_unit;
                    }
                }
                for (int k = 0; k < 2; ++k) {
                    sums.ba[Directions][k] = squares[k] * w[k] + both * w[1 - k];
                }
            }
        }
        return sums;
    }

    template <class L>
    DRIFT_INLINE typename L::Real logit(const T* c, const typename L::Real (&u)[Dims]) const {
        const typename L::Real first = u[0] - c[1];
        typename L::Real sum = c[0] - first * first;
        for (int k = 1; k < Dims; ++k) {
            const typename L::Real difference = u[k] - c[1 + k];
            sum -= difference * difference;
        }
        return sum;
    }

    template <class L>
    DRIFT_INLINE typename L::Real largest_logit(const MixtureLayout& layout, const typename L::Real (&u)[Dims],
                                                int64_t first, int valid) const {
        using V = typename L::Real;
        V largest = every_lane<L>(sizeof(T) == 4 ? T(-3.4028234e38) : T(-1.7976931348623157e308));
        const T* c = level.coefficients + layout.component(0);
        const int64_t stride = layout.stride();
        if (task.component == nullptr) {
            for (int64_t j = 0; j < level.components; ++j, c += stride) {
                const V each = logit<L>(c, u);
                largest = largest < each ? each : largest;
            }
            return largest;
        }
        V best{};
        for (int64_t j = 0; j < level.components; ++j, c += stride) {
            const V each = logit<L>(c, u);
            best = largest < each ? every_lane<L>(static_cast<T>(j)) : best;
            largest = largest < each ? each : largest;
        }
        store_integers<L>(task.component + first, valid, best);
        return largest;
    }

    /// `largest` counts where `Shifted` says so, and else is 0.
    template <class L, bool Shifted>
    DRIFT_INLINE Sums<L> add_up(const MixtureLayout& layout, const typename L::Real (&u)[Dims],
                                const typename L::Real (&w)[Dims], const typename L::Real& largest) const {
        Sums<L> sums;
        const T* c = level.coefficients + layout.component(0);
        const int64_t stride = layout.stride();
        int64_t j = 0;
        if constexpr (L::bytes == 64) {
            j = add_in_turns<L, Shifted>(c, stride, u, w, largest, sums);
        }
        for (; j < level.components; ++j) {
            add(c + j * stride, stride, w, split_logits<L, 1, Shifted>(c + j * stride, stride, u, largest), sums);
        }
        return sums;
    }

    /// Adds components by threes, for which there are registers here, and returns how many: the logits of three are on
    /// their way while those before are raised to powers, as neither waits for the other. In their order.
    template <class L, bool Shifted>
    DRIFT_INLINE int64_t add_in_turns(const T* c, int64_t stride, const typename L::Real (&u)[Dims],
                                      const typename L::Real (&w)[Dims], const typename L::Real& largest,
                                      Sums<L>& sums) const {
        constexpr int together = 3;
        int64_t j = together;
        if (level.components < j) {
            return 0;
        }
        auto before = split_logits<L, together, Shifted>(c, stride, u, largest);
        for (; j + together <= level.components; j += together) {
            const auto next = split_logits<L, together, Shifted>(c + j * stride, stride, u, largest);
            add(c + (j - together) * stride, stride, w, before, sums);
            before = next;
        }
        add(c + (j - together) * stride, stride, w, before, sums);
        return j;
    }

    /// The logits of `Count` components, of which the first has the coefficients c, on their way to powers.
    template <class L, int Count, bool Shifted>
    DRIFT_INLINE SplitForExp2<L, Count> split_logits(const T* c, int64_t stride, const typename L::Real (&u)[Dims],
                                                     const typename L::Real& largest) const {
        typename L::Real logits[Count];
        for (int i = 0; i < Count; ++i) {
            logits[i] = logit<L>(c + i * stride, u);
            if constexpr (Shifted) {
                logits[i] -= largest;
            }
        }
        return split_for_exp2<L>(logits);
    }

    template <class L, int Count>
    DRIFT_INLINE void add(const T* c, int64_t stride, const typename L::Real (&w)[Dims],
                          const SplitForExp2<L, Count>& logits, Sums<L>& sums) const {
        typename L::Real e[Count];
        exp2_of_split<L>(logits, e);
        for (int i = 0; i < Count; ++i, c += stride) {
            add<L>(c, e[i], w, sums);
        }
    }

    template <class L>
    DRIFT_INLINE void add(const T* c, const typename L::Real& e, const typename L::Real (&w)[Dims],
                          Sums<L>& sums) const {
        using V = typename L::Real;
        sums.weight += e;
        for (int k = 0; k < Dims; ++k) {
            sums.b[k] += e * c[1 + k];
        }
        for (int r = 0; r < Directions; ++r) {
            for (int k = 0; k < Dims; ++k) {
                sums.ba[r][k] += e * c[1 + Dims + (base + r) * Dims + k];
            }
        }
        if constexpr (Vectors) {
            V product{};
            for (int k = 0; k < Dims; ++k) {
                product += w[k] * c[1 + k];
            }
            for (int k = 0; k < Dims; ++k) {
                sums.ba[Directions][k] += e * product * c[1 + k];
            }
        }
    }

    template <class L>
    DRIFT_INLINE void finish(int64_t first, int valid, const typename L::Real (&u)[Dims],
                             const typename L::Real (&w)[Dims], const Sums<L>& sums,
                             const typename L::Real& largest) const {
        using V = typename L::Real;
        const T* centre = level.coefficients;
        const T inverse_unit = constants.inverse_unit;
        const V inverse = T(1) / sums.weight;
        V mean_b[Dims], out[Dims];
        for (int k = 0; k < Dims; ++k) {
            mean_b[k] = sums.b[k] * inverse;
            out[k] = constants.gain_in_units * u[k] + (constants.rest_in_units * mean_b[k] + centre[k]);
        }
        if (task.denoised != nullptr) {
            store_rows<L>(task.denoised + first * Dims, valid, out);
        }
        if (task.log_density != nullptr) {
            const V log2_density = largest + static_cast<T>(level.logit_offset);
            const V log_density = log2_density * T(0.6931471805599453) + log_lanes<L>(sums.weight);
            store_doubles<L>(task.log_density + first, valid, log_density);
        }
        if (task.score != nullptr) {
            for (int k = 0; k < Dims; ++k) {
                out[k] = (mean_b[k] - u[k]) * constants.score_in_units;
            }
            store_rows<L>(task.score + first * Dims, valid, out);
        }
        for (int k = 0; k < Dims; ++k) {
            mean_b[k] *= inverse_unit;
        }
        for (int slot = 0; slot < Directions + (Vectors ? 1 : 0); ++slot) {
            const T in_units = slot == Directions ? inverse_unit * inverse_unit : inverse_unit;
            V a[Dims], mean_ba{};
            for (int k = 0; k < Dims; ++k) {
                a[k] = slot == Directions ? w[k] : every_lane<L>(level.coefficients[(2 + base + slot) * Dims + k]);
                mean_ba += mean_b[k] * a[k];
            }
            for (int k = 0; k < Dims; ++k) {
                out[k] = constants.gain * a[k] +
                         constants.spread * (sums.ba[slot][k] * inverse * in_units - mean_b[k] * mean_ba);
            }
            store_product<L>(first, valid, slot, out);
        }
    }

    template <class L>
    DRIFT_INLINE void store_product(int64_t first, int valid, int slot, const typename L::Real (&out)[Dims]) const {
        if (slot == Directions) {
            store_rows<L>(task.jacobian_vectors + first * Dims, valid, out);
        } else if (level.directions == 1) {
            store_rows<L>(task.jacobian_directions + first * Dims, valid, out);
        } else {
            const int64_t columns = level.directions * Dims;
            for (int k = 0; k < Dims; ++k) {
                store_column<L>(task.jacobian_directions + first * columns, columns, (base + slot) * Dims + k, valid,
                                out[k]);
            }
        }
    }
};

}  // namespace drift::kernels
