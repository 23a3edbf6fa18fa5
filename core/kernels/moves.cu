#include "core/kernels/moves.h"

#include "core/kernels/lane_masks.h"
#include "core/kernels/normal_lanes.h"
#include "core/kernels/not_finite.h"
#include "core/kernels/parallel_for.h"
#include "core/kernels/row_blocks.h"

namespace drift::kernels {

/// A block of grad log pi from coordinate k on.
template <class L, int Dims, class T, int Width>
DRIFT_INLINE void gradient_block(const Gradients<T>& at, int64_t row, int64_t dims, int64_t k, int valid,
                                 typename L::Real (&gradient)[Width]) {
    load_block<L, Dims>(at.prior + row, dims, k, valid, gradient);
    if (at.likelihood != nullptr && at.beta > 0) {  // nothing times infinity is not a number
        typename L::Real likelihood[Width]{};
        load_block<L, Dims>(at.likelihood + row, dims, k, valid, likelihood);
        for (int i = 0; i < Width; ++i) {
            gradient[i] += likelihood[i] * static_cast<T>(at.beta);
        }
    }
}

template <class T, bool Begins, int Dims>
struct TakeLeap {
    using Real = T;
    static constexpr int width = block_width<Dims>;
    Leap<T> leap;

    DRIFT_HOST_DEVICE int64_t dims() const { return Dims == 0 ? leap.dims : Dims; }

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        V kinetic{}, zero{};
        for (int64_t k = 0; k < dims(); k += width) {
            V z[4]{};
            if constexpr (Begins) {
                typename L::Bits word[4];
                words_for_particles<L>(leap.noise, first, k / 4, word);
                normals_from_words<L, width>(word, z);
            }
            block<L>(first * dims(), valid, k, z, kinetic, zero);
        }
        if (leap.kinetic != nullptr) {
            store_doubles<L>(leap.kinetic + first, valid, kinetic);
        }
        count_not_finite<L>(valid, zero, leap.not_finite);
    }

    /// `kinetic` grows by the energy of the momentum as drawn, `zero` by x' - x'.
    template <class L>
    DRIFT_INLINE void block(int64_t row, int valid, int64_t k, const typename L::Real (&z)[4],
                            typename L::Real& kinetic, typename L::Real& zero) const {
        using V = typename L::Real;
        const T kick = static_cast<T>(Begins ? 0.5 * leap.step : leap.step);
        V x[width]{}, p[width]{}, gradient[width]{}, next[width]{};
        load_block<L, Dims>(leap.x + row, dims(), k, valid, x);
        gradient_block<L, Dims>(leap.at_x, row, dims(), k, valid, gradient);
        if constexpr (!Begins) {
            load_block<L, Dims>(leap.momentum + row, dims(), k, valid, p);
        }
        for (int i = 0; i < width && k + i < dims(); ++i) {
            const T inverse_mass = leap.inverse_mass != nullptr ? leap.inverse_mass[k + i] : T(1);
            if constexpr (Begins) {
                p[i] = z[i] * (T(1) / std::sqrt(inverse_mass));
                kinetic += z[i] * z[i] * T(0.5);
            }
            p[i] += gradient[i] * kick;
            next[i] = x[i] + p[i] * static_cast<T>(leap.step * static_cast<double>(inverse_mass));
            zero += next[i] - next[i];
        }
        store_block<L, Dims>(leap.next + row, dims(), k, valid, next);
        if (leap.momentum != nullptr) {
            store_block<L, Dims>(leap.momentum + row, dims(), k, valid, p);
        }
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

template <class T, int Dims>
struct Decide {
    using Real = T;
    static constexpr int width = block_width<Dims>;
    Decision<T> task;

    DRIFT_HOST_DEVICE int64_t dims() const { return Dims == 0 ? task.dims : Dims; }

    /// Probabilities are computed in double, of which a register holds fewer.
    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using Doubles = Lanes<double, L::bytes>;
        double energy[L::count]{};                      // what the trajectory has won
        typename BitsOf<T>::Unsigned goes[L::count]{};  // masks
        if (task.momentum != nullptr) {
            store_doubles<L>(energy, valid, last_kinetic<L>(first, valid));
            for (int l = 0; l < valid; ++l) {
                energy[l] = task.kinetic[first + l] - energy[l];
            }
        }
        for (int l = 0; l < valid; l += Doubles::count) {
            const int count = valid - l < Doubles::count ? valid - l : Doubles::count;
            choose<Doubles>(first + l, count, energy + l, goes + l);
        }
        go<L>(first, valid, goes);
    }

    /// Writes the probabilities, log densities of who goes, and who does.
    template <class D>
    DRIFT_INLINE void choose(int64_t first, int valid, const double* energy, typename BitsOf<T>::Unsigned* goes) const {
        using V = typename D::Real;
        const V there = log_density<D>(task.proposal, first, valid);
        const V log_ratio = there - log_density<D>(task.now, first, valid) + load_column<D>(energy, 1, 0, valid);
        // Neither a place without a density nor one of infinite density is ever gone to.
        const V certain{};
        const V bounded = log_ratio > certain ? certain : log_ratio;
        const V share = exp_nonpositive<D>(bounded);
        const auto possible = (log_ratio == log_ratio) & (there < __builtin_inf());
        const V probability = possible ? share : certain;
        store_column<D>(task.acceptance + first, 1, 0, valid, probability);
        typename D::Bits word[4];
        words_for_particles<D>(task.uniforms, first, 0, word);
        const typename D::Bits mask = mask_of<D>(uniform_from_words<D>(word) < probability);
        store_mask<T, D>(goes, mask);
        take_where<D>(mask, task.proposal.log_prior + first, task.now.log_prior + first, valid);
        take_where<D>(mask, task.proposal.log_likelihood + first, task.now.log_likelihood + first, valid);
    }

    template <class D>
    DRIFT_INLINE void take_where(const typename D::Bits& mask, const double* from, double* to, int valid) const {
        const typename D::Real there = load_column<D>(from, 1, 0, valid);
        const typename D::Real here = load_column<D>(to, 1, 0, valid);
        store_column<D>(to, 1, 0, valid, choose_lanes<D>(mask, there, here));
    }

    template <class D>
    DRIFT_INLINE typename D::Real log_density(const Known<T>& known, int64_t first, int valid) const {
        typename D::Real sum = load_column<D>(known.log_prior + first, 1, 0, valid);
        if (task.beta > 0) {
            sum += load_column<D>(known.log_likelihood + first, 1, 0, valid) * task.beta;
        }
        return sum;
    }

    template <class L>
    DRIFT_INLINE typename L::Real last_kinetic(int64_t first, int valid) const {
        using V = typename L::Real;
        const Gradients<T> at{task.proposal.prior_gradient, task.proposal.likelihood_gradient, task.beta};
        V kinetic{};
        for (int64_t k = 0; k < dims(); k += width) {
            V p[width]{}, gradient[width]{};
            load_block<L, Dims>(task.momentum + first * dims(), dims(), k, valid, p);
            gradient_block<L, Dims>(at, first * dims(), dims(), k, valid, gradient);
            for (int i = 0; i < width && k + i < dims(); ++i) {
                p[i] += gradient[i] * static_cast<T>(0.5 * task.step);
                kinetic += p[i] * p[i] * (task.inverse_mass != nullptr ? T(0.5) * task.inverse_mass[k + i] : T(0.5));
            }
        }
        return kinetic;
    }

    /// Takes who goes to the new place, with the gradients there: a register of particles at once where rows are short,
    /// one particle after the other where they are long.
    template <class L>
    DRIFT_INLINE void go(int64_t first, int valid, const typename BitsOf<T>::Unsigned* goes) const {
        const int64_t row = first * dims();
        if constexpr (Dims > 0) {
            typename L::Bits mask;
            __builtin_memcpy(&mask, goes, sizeof(mask));
            take_rows<L>(mask, task.proposal.x + row, task.now.x + row, valid);
            if (task.now.prior_gradient != nullptr) {
                take_rows<L>(mask, task.proposal.prior_gradient + row, task.now.prior_gradient + row, valid);
                take_rows<L>(mask, task.proposal.likelihood_gradient + row, task.now.likelihood_gradient + row, valid);
            }
        } else {
            for (int l = 0; l < valid; ++l) {
                if (goes[l] != 0) {
                    take_row(row + l * dims());
                }
            }
        }
    }

    template <class L>
    DRIFT_INLINE void take_rows(const typename L::Bits& mask, const T* from, T* to, int valid) const {
        typename L::Real there[width], here[width];
        load_block<L, Dims>(from, dims(), 0, valid, there);
        load_block<L, Dims>(to, dims(), 0, valid, here);
        for (int i = 0; i < width; ++i) {
            here[i] = choose_lanes<L>(mask, there[i], here[i]);
        }
        store_block<L, Dims>(to, dims(), 0, valid, here);
    }

    DRIFT_INLINE void take_row(int64_t row) const {
        for (int64_t k = row; k < row + dims(); ++k) {
            task.now.x[k] = task.proposal.x[k];
            if (task.now.prior_gradient != nullptr) {
                task.now.prior_gradient[k] = task.proposal.prior_gradient[k];
                task.now.likelihood_gradient[k] = task.proposal.likelihood_gradient[k];
            }
        }
    }
};

#define DRIFT_MOVES_ON_GPU(T)           \
    DRIFT_ON_GPU(TakeLeap<T, true, 2>)  \
    DRIFT_ON_GPU(TakeLeap<T, true, 0>)  \
    DRIFT_ON_GPU(TakeLeap<T, false, 2>) \
    DRIFT_ON_GPU(TakeLeap<T, false, 0>) \
    DRIFT_ON_GPU(TakeWalk<T>)           \
    DRIFT_ON_GPU(Decide<T, 2>)          \
    DRIFT_ON_GPU(Decide<T, 0>)
DRIFT_MOVES_ON_GPU(float)
DRIFT_MOVES_ON_GPU(double)

#ifndef __CUDACC__

namespace {

template <bool Begins, class T>
void take_leap(Exec exec, const Leap<T>& leap) {
    if (leap.dims == 2) {
        parallel_for(exec, leap.n, TakeLeap<T, Begins, 2>{leap});
    } else {
        parallel_for(exec, leap.n, TakeLeap<T, Begins, 0>{leap});
    }
}

}  // namespace

template <class T>
void begin_leap(Exec exec, const Leap<T>& leap) {
    take_leap<true>(exec, leap);
}

template <class T>
void go_on_leap(Exec exec, const Leap<T>& leap) {
    take_leap<false>(exec, leap);
}

template <class T>
void walk(Exec exec, const Walk<T>& step) {
    parallel_for(exec, step.n, TakeWalk<T>{step});
}

template <class T>
void decide(Exec exec, const Decision<T>& decision) {
    if (decision.dims == 2) {
        parallel_for(exec, decision.n, Decide<T, 2>{decision});
    } else {
        parallel_for(exec, decision.n, Decide<T, 0>{decision});
    }
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
