// The fused denoiser for any mixture: one pass over the components with a running largest logit, so that nothing grows
// with their number.
#pragma once

#include "core/kernels/lane_math.h"
#include "core/kernels/mixture_level.h"

namespace drift::kernels {

/// Up to MaxDims coordinates; the number of Jacobian products done in one pass is Slots. Pass `base` does the shared
/// directions from `base` on, or the per-particle vectors where `base` equals their number.
template <class T, int MaxDims, int Slots>
struct GeneralMixture {
    using Real = T;
    MixtureLevel<T> level;
    MixtureTask<T> task;
    int64_t base;

    template <class L>
    struct State {
        using V = typename L::Real;
        V u[MaxDims];                   // x - mean of the mixture
        V difference[MaxDims];          // u - b, of a full covariance
        V h[MaxDims];                   // gradient g_j less its reference
        V largest, weight, best;        // running largest logit, sum of 2^(logit - largest), its component
        V mean[MaxDims];                // sum of weights times mu_j, relative to the mean of the mixture
        V mean_h[MaxDims];              // sum of weights times h
        V a[Slots + 1][MaxDims];        // the vectors to multiply with J
        V product[Slots + 1][MaxDims];  // sum of weights times G_j a + sigma^2 h (h . a)
    };

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        State<L> s;
        start<L>(s, first, valid);
        const MixtureLayout layout = layout_of(level);
        for (int64_t j = 0; j < level.components; ++j) {
            const T* c = level.coefficients + layout.component(j);
            typename L::Real scale, weight;
            const typename L::Real logit =
                level.kind == CovarianceKind::Full ? full_logit<L>(s, c) : diagonal_logit<L>(s, c);
            weigh<L>(s, logit, static_cast<T>(j), scale, weight);
            if (level.kind == CovarianceKind::Full) {
                add_full<L>(s, c, scale, weight);
            } else {
                add_diagonal<L>(s, c, scale, weight);
            }
            if constexpr (Slots > 0) {
                add_products<L>(s, weight);
            }
        }
        finish<L>(s, first, valid);
    }

    DRIFT_HOST_DEVICE int slots() const {
        if (base == level.directions) {
            return Slots > 0 && task.jacobian_vectors != nullptr ? 1 : 0;
        }
        return static_cast<int>(level.directions - base < Slots ? level.directions - base : Slots);
    }

    template <class L>
    DRIFT_INLINE void start(State<L>& s, int64_t first, int valid) const {
        using V = typename L::Real;
        const int64_t dims = level.dims;
        s.largest = every_lane<L>(sizeof(T) == 4 ? T(-3.4028234e38) : T(-1.7976931348623157e308));
        s.weight = V{};
        s.best = V{};
        for (int64_t k = 0; k < dims; ++k) {
            s.u[k] = load_column<L>(task.x + first * dims, dims, k, valid) - level.coefficients[k];
            s.mean[k] = V{};
            s.mean_h[k] = V{};
            for (int slot = 0; slot < slots(); ++slot) {
                s.product[slot][k] = V{};
                s.a[slot][k] = base == level.directions
                                   ? load_column<L>(task.vectors + first * dims, dims, k, valid)
                                   : every_lane<L>(level.coefficients[(2 + base + slot) * dims + k]);
            }
        }
    }

    template <class L>
    DRIFT_INLINE typename L::Real diagonal_logit(const State<L>& s, const T* c) const {
        typename L::Real logit = every_lane<L>(c[0]);
        for (int64_t k = 0; k < level.dims; ++k) {
            const typename L::Real difference = s.u[k] - c[1 + 5 * k];
            logit -= difference * difference * c[2 + 5 * k];
        }
        return logit;
    }

    /// |L^-1 (u - b)|^2; leaves u - b in the state.
    template <class L>
    DRIFT_INLINE typename L::Real full_logit(State<L>& s, const T* c) const {
        const int64_t dims = level.dims;
        const T* factor = c + layout_of(level).factor();
        typename L::Real square{};
        for (int64_t k = 0; k < dims; ++k) {
            s.difference[k] = s.u[k] - c[1 + k];
        }
        for (int64_t row = 0; row < dims; ++row) {
            typename L::Real sum{};
            for (int64_t k = 0; k <= row; ++k) {
                sum += s.difference[k] * *factor++;
            }
            square += sum * sum;
        }
        return c[0] - square * T(0.5 * 1.4426950408889634);
    }

    /// Keeps the largest logit so far; what was added before is to be multiplied by `scale`.
    template <class L>
    DRIFT_INLINE void weigh(State<L>& s, const typename L::Real& logit, T j, typename L::Real& scale,
                            typename L::Real& weight) const {
        using V = typename L::Real;
        const V one = every_lane<L>(T(1));
        const V difference = logit - s.largest;
        const auto larger = difference > T(0);
        const V e = softmax_exp2<L>(larger ? -difference : difference);
        scale = larger ? e : one;
        weight = larger ? one : e;
        s.largest = larger ? logit : s.largest;
        s.best = larger ? every_lane<L>(j) : s.best;
        s.weight = s.weight * scale + weight;
    }

    template <class L>
    DRIFT_INLINE void add_diagonal(State<L>& s, const T* c, const typename L::Real& scale,
                                   const typename L::Real& weight) const {
        using V = typename L::Real;
        for (int64_t k = 0; k < level.dims; ++k) {
            const T b = c[1 + 5 * k];
            const T gain = c[3 + 5 * k];
            s.mean[k] = s.mean[k] * scale + weight * ((s.u[k] - b) * gain + b);
            if constexpr (Slots > 0) {
                s.h[k] = s.u[k] * c[4 + 5 * k] - c[5 + 5 * k];
                s.mean_h[k] = s.mean_h[k] * scale + weight * s.h[k];
                const V gain_weight = weight * gain;
                for (int slot = 0; slot < slots(); ++slot) {
                    s.product[slot][k] = s.product[slot][k] * scale + gain_weight * s.a[slot][k];
                }
            }
        }
    }

    template <class L>
    DRIFT_INLINE void add_full(State<L>& s, const T* c, const typename L::Real& scale,
                               const typename L::Real& weight) const {
        using V = typename L::Real;
        const int64_t dims = level.dims;
        const MixtureLayout layout = layout_of(level);
        const T* gains = c + layout.gain();
        for (int64_t row = 0; row < dims; ++row) {
            V mu = every_lane<L>(c[1 + row]);
            for (int64_t k = 0; k < dims; ++k) {
                mu += s.difference[k] * gains[row * dims + k];
            }
            s.mean[row] = s.mean[row] * scale + weight * mu;
            for (int slot = 0; slot < slots(); ++slot) {
                V product{};
                for (int64_t k = 0; k < dims; ++k) {
                    product += s.a[slot][k] * gains[row * dims + k];
                }
                s.product[slot][row] = s.product[slot][row] * scale + weight * product;
            }
        }
        if constexpr (Slots > 0) {
            for (int64_t row = 0; row < dims; ++row) {
                V h = every_lane<L>(-c[layout.precision_b() + row]);
                for (int64_t k = 0; k < dims; ++k) {
                    h += s.u[k] * c[layout.difference() + row * dims + k];
                }
                s.h[row] = h;
                s.mean_h[row] = s.mean_h[row] * scale + weight * h;
            }
        }
    }

    template <class L>
    DRIFT_INLINE void add_products(State<L>& s, const typename L::Real& weight) const {
        for (int slot = 0; slot < slots(); ++slot) {
            typename L::Real ha{};
            for (int64_t k = 0; k < level.dims; ++k) {
                ha += s.h[k] * s.a[slot][k];
            }
            ha = ha * weight * static_cast<T>(level.sigma * level.sigma);
            for (int64_t k = 0; k < level.dims; ++k) {
                s.product[slot][k] += ha * s.h[k];
            }
        }
    }

    /// -sum of responsibilities times precision (u - b), put together from what is left of it without the reference.
    template <class L>
    DRIFT_INLINE void store_score(const State<L>& s, int64_t first, int valid, const typename L::Real& inverse) const {
        const int64_t dims = level.dims;
        const T* reference = level.coefficients + layout_of(level).reference();
        for (int64_t k = 0; k < dims; ++k) {
            store_column<L>(task.score + first * dims, dims, k, valid,
                            typename L::Real(-(s.u[k] * reference[k] + s.mean_h[k] * inverse)));
        }
    }

    template <class L>
    DRIFT_INLINE void finish(State<L>& s, int64_t first, int valid) const {
        using V = typename L::Real;
        const int64_t dims = level.dims;
        const V inverse = T(1) / s.weight;
        if (task.denoised != nullptr) {
            for (int64_t k = 0; k < dims; ++k) {
                store_column<L>(task.denoised + first * dims, dims, k, valid,
                                V(s.mean[k] * inverse + level.coefficients[k]));
            }
        }
        if (task.log_density != nullptr) {
            store_doubles<L>(task.log_density + first, valid,
                             V(s.largest * T(0.6931471805599453) + log_lanes<L>(s.weight)));
        }
        if (task.component != nullptr) {
            store_integers<L>(task.component + first, valid, s.best);
        }
        if constexpr (Slots > 0) {
            if (task.score != nullptr) {
                store_score<L>(s, first, valid, inverse);
            }
        }
        for (int slot = 0; slot < slots(); ++slot) {
            V mean_ha{};
            for (int64_t k = 0; k < dims; ++k) {
                mean_ha += s.mean_h[k] * s.a[slot][k];
            }
            mean_ha = mean_ha * inverse * inverse * static_cast<T>(level.sigma * level.sigma);
            const bool shared = base < level.directions;
            const int64_t columns = shared ? level.directions * dims : dims;
            T* rows = (shared ? task.jacobian_directions : task.jacobian_vectors) + first * columns;
            for (int64_t k = 0; k < dims; ++k) {
                store_column<L>(rows, columns, (shared ? base + slot : 0) * dims + k, valid,
                                V(s.product[slot][k] * inverse - s.mean_h[k] * mean_ha));
            }
        }
    }
};

}  // namespace drift::kernels
