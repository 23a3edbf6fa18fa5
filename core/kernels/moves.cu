#include "core/kernels/moves.h"

#include "core/kernels/normal_lanes.h"
#include "core/kernels/not_finite.h"

namespace drift::kernels {

/// Column `k` of grad log pi.
template <class L, class T>
DRIFT_INLINE typename L::Real gradient_column(const Gradients<T>& at, int64_t first, int64_t dims, int64_t k,
                                              int valid) {
    typename L::Real value = load_column<L>(at.prior + first * dims, dims, k, valid);
    if (at.likelihood != nullptr && at.beta > 0) {  // nothing times infinity is not a number
        value += load_column<L>(at.likelihood + first * dims, dims, k, valid) * static_cast<T>(at.beta);
    }
    return value;
}

template <class T, bool Begins>
struct TakeLeap {
    using Real = T;
    Leap<T> leap;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        V kinetic{}, zero{};
        for (int64_t k = 0; k < leap.dims; k += 4) {
            V z[4]{};
            if constexpr (Begins) {
                typename L::Bits word[4];
                words_for_particles<L>(leap.noise, first, k / 4, word);
                normals_from_words<L, 4>(word, z);
            }
            for (int i = 0; i < 4 && k + i < leap.dims; ++i) {
                kinetic += z[i] * z[i] * T(0.5);
                column<L>(first, valid, k + i, z[i], zero);
            }
        }
        if (leap.kinetic != nullptr) {
            store_doubles<L>(leap.kinetic + first, valid, kinetic);
        }
        count_not_finite<L>(valid, zero, leap.not_finite);
    }

    /// `zero` grows by x' - x'.
    template <class L>
    DRIFT_INLINE void column(int64_t first, int valid, int64_t k, const typename L::Real& z,
                             typename L::Real& zero) const {
        using V = typename L::Real;
        const T inverse_mass = leap.inverse_mass != nullptr ? leap.inverse_mass[k] : T(1);
        const T kick = static_cast<T>(Begins ? 0.5 * leap.step : leap.step);
        V p;
        if constexpr (Begins) {
            p = z * (T(1) / std::sqrt(inverse_mass));
        } else {
            p = load_column<L>(leap.momentum + first * leap.dims, leap.dims, k, valid);
        }
        p += gradient_column<L>(leap.at_x, first, leap.dims, k, valid) * kick;
        const V x = load_column<L>(leap.x + first * leap.dims, leap.dims, k, valid);
        const V next = x + p * static_cast<T>(leap.step * static_cast<double>(inverse_mass));
        store_column<L>(leap.next + first * leap.dims, leap.dims, k, valid, next);
        if (leap.momentum != nullptr) {
            store_column<L>(leap.momentum + first * leap.dims, leap.dims, k, valid, p);
        }
        zero += next - next;
    }
};

template <class T>
struct TakeWalk {
    using Real = T;
    Walk<T> step;

    /// From the last coordinate to the first, since L is lower triangular: what is read has not been overwritten.
    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        const int64_t dims = step.dims;
        for (int64_t row = dims - 1; row >= 0; --row) {
            typename L::Real sum{};
            for (int64_t k = step.diagonal ? row : 0; k <= row; ++k) {
                sum += load_column<L>(step.next + first * dims, dims, k, valid) *
                       step.factor[step.diagonal ? row : row * dims + k];
            }
            store_column<L>(step.next + first * dims, dims, row, valid,
                            typename L::Real(load_column<L>(step.x + first * dims, dims, row, valid) +
                                             sum * static_cast<T>(step.scale)));
        }
    }
};

template <class T>
struct Decide {
    using Real = T;
    Decision<T> task;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        typename L::Real kinetic{};
        if (task.momentum != nullptr) {
            kinetic = last_kinetic<L>(first, valid);
        }
        for (int l = 0; l < valid; ++l) {
            const int64_t i = first + l;
            double log_ratio = log_density(task.proposal, i) - log_density(task.now, i);
            if (task.momentum != nullptr) {
                log_ratio += task.kinetic[i] - static_cast<double>(lane<L>(kinetic, l));
            }
            // Neither a place without a density nor one of infinite density is ever gone to.
            const bool possible = log_ratio == log_ratio && log_density(task.proposal, i) < __builtin_inf();
            const double probability = !possible        ? 0
                                       : log_ratio >= 0 ? 1
                                                        : exp_nonpositive<Lanes<double, 0>>(log_ratio);
            task.acceptance[i] = probability;
            if (uniform(task.uniforms, static_cast<uint64_t>(i), 0) < probability) {
                accept(i);
            }
        }
    }

    DRIFT_INLINE double log_density(const Known<T>& known, int64_t i) const {
        return known.log_prior[i] + (task.beta > 0 ? task.beta * known.log_likelihood[i] : 0.0);
    }

    template <class L>
    DRIFT_INLINE typename L::Real last_kinetic(int64_t first, int valid) const {
        using V = typename L::Real;
        const Gradients<T> at{task.proposal.prior_gradient, task.proposal.likelihood_gradient, task.beta};
        V kinetic{};
        for (int64_t k = 0; k < task.dims; ++k) {
            V p = load_column<L>(task.momentum + first * task.dims, task.dims, k, valid);
            p += gradient_column<L>(at, first, task.dims, k, valid) * static_cast<T>(0.5 * task.step);
            kinetic += p * p * (task.inverse_mass != nullptr ? T(0.5) * task.inverse_mass[k] : T(0.5));
        }
        return kinetic;
    }

    DRIFT_INLINE void accept(int64_t i) const {
        task.now.log_prior[i] = task.proposal.log_prior[i];
        task.now.log_likelihood[i] = task.proposal.log_likelihood[i];
        for (int64_t k = i * task.dims; k < (i + 1) * task.dims; ++k) {
            task.now.x[k] = task.proposal.x[k];
            if (task.now.prior_gradient != nullptr) {
                task.now.prior_gradient[k] = task.proposal.prior_gradient[k];
                task.now.likelihood_gradient[k] = task.proposal.likelihood_gradient[k];
            }
        }
    }
};

#define DRIFT_MOVES_ON_GPU(T)        \
    DRIFT_ON_GPU(TakeLeap<T, true>)  \
    DRIFT_ON_GPU(TakeLeap<T, false>) \
    DRIFT_ON_GPU(TakeWalk<T>)        \
    DRIFT_ON_GPU(Decide<T>)
DRIFT_MOVES_ON_GPU(float)
DRIFT_MOVES_ON_GPU(double)

#ifndef __CUDACC__

template <class T>
void begin_leap(Exec exec, const Leap<T>& leap) {
    parallel_for(exec, leap.n, TakeLeap<T, true>{leap});
}

template <class T>
void go_on_leap(Exec exec, const Leap<T>& leap) {
    parallel_for(exec, leap.n, TakeLeap<T, false>{leap});
}

template <class T>
void walk(Exec exec, const Walk<T>& step) {
    parallel_for(exec, step.n, TakeWalk<T>{step});
}

template <class T>
void decide(Exec exec, const Decision<T>& decision) {
    parallel_for(exec, decision.n, Decide<T>{decision});
}

template void begin_leap(Exec, const Leap<float>&);
template void begin_leap(Exec, const Leap<double>&);
template void go_on_leap(Exec, const Leap<float>&);
template void go_on_leap(Exec, const Leap<double>&);
template void walk(Exec, const Walk<float>&);
template void walk(Exec, const Walk<double>&);
template void decide(Exec, const Decision<float>&);
template void decide(Exec, const Decision<double>&);

#endif

}  // namespace drift::kernels
