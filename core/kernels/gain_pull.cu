#include "core/kernels/gain_pull.h"

#include "core/kernels/linear_residual.h"
#include "core/kernels/normal_lanes.h"
#include "core/kernels/parallel_for.h"
#include "core/kernels/reverse_step_tile.h"
#include "core/kernels/row_blocks.h"
#include "core/kernels/shared_variance_mixture.h"
#include "core/kernels/then.h"

namespace drift::kernels {

/// Dims coordinates and Rows observed numbers, or any number where these are 0.
template <class T, int Dims, int Rows>
struct TakeGainPull {
    using Real = T;
    static constexpr int max_rows = Rows == 0 ? static_cast<int>(max_gain_rows) : Rows;
    static constexpr int width = block_width<Dims>;
    GainPull<T> task;
    const T* drawn = nullptr;  // [2, turn] z in the plane, where it is known already; or null
    int64_t start = 0;         // the first particle of it

    DRIFT_HOST_DEVICE int64_t dims() const { return Dims == 0 ? task.dims : Dims; }
    DRIFT_HOST_DEVICE int rows() const { return Rows == 0 ? static_cast<int>(task.rows) : Rows; }

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        V e[max_rows], measured[max_rows]{};  // of D and of spread z
        linear_residual<L, Dims>(task.matrix, task.observed, rows(), dims(), task.denoised + first * dims(), valid, e);
        V pull[width]{};  // the whole row, or four coordinates of it
        for (int64_t k = 0; task.spread > 0 && k < dims(); k += width) {
            draw<L>(first, k, pull, measured);
            if constexpr (Dims == 0) {
                store_block<L, Dims>(task.pull + first * dims(), dims(), k, valid, pull);
            }
        }
        for (int64_t k = 0; k < dims(); k += width) {
            if constexpr (Dims == 0) {
                if (task.spread > 0) {
                    load_block<L, Dims>(task.pull + first * dims(), dims(), k, valid, pull);
                }
            }
            for (int i = 0; i < width && k + i < dims(); ++i) {
                V sum = task.spread > 0 ? pull[i] : V{};
                for (int r = 0; r < rows(); ++r) {
                    sum += e[r] * task.gain[(k + i) * rows() + r];
                    if (task.spread > 0) {
                        sum -= measured[r] * task.draw_gain[(k + i) * rows() + r];
                    }
                }
                pull[i] = sum;
            }
            store_block<L, Dims>(task.pull + first * dims(), dims(), k, valid, pull);
        }
    }

    /// Puts coordinates k, k + 1, ... of spread z into `spread_z`; measured += A spread z.
    template <class L>
    DRIFT_INLINE void draw(int64_t first, int64_t k, typename L::Real (&spread_z)[width],
                           typename L::Real (&measured)[max_rows]) const {
        if (drawn == nullptr) {
            numbers<L>(first, k, spread_z);
        } else if constexpr (Dims == 2) {
            for (int i = 0; i < 2; ++i) {
                __builtin_memcpy(&spread_z[i], drawn + i * turn<L> + (first - start), sizeof(spread_z[i]));
            }
        }
        for (int i = 0; i < width && k + i < dims(); ++i) {
            spread_z[i] *= static_cast<T>(task.spread);
            for (int r = 0; r < rows(); ++r) {
                measured[r] += spread_z[i] * task.matrix[r * dims() + k + i];
            }
        }
    }

    template <class L>
    DRIFT_INLINE void numbers(int64_t first, int64_t k, typename L::Real (&z)[width]) const {
        const int64_t number = first_beside(dims()) + k;
        typename L::Bits word[4];
        typename L::Real block[4]{};
        words_for_particles<L>(task.noise, first, number / 4, word);
        normals_from_words<L, 4>(word, block);
        for (int i = 0; i < width && number % 4 + i < 4; ++i) {
            z[i] = block[number % 4 + i];
        }
    }
};

template <class T>
using DenoiseAndPull = Then<SharedVarianceMixture<T, 2, 0, false>, TakeGainPull<T, 2, 1>>;

/// A step in the plane uses half of each block of random words. A draw with the same numbers takes the other half,
/// which the step leaves for it in a buffer of the turn.
template <class T>
struct StepAndPull {
    using Real = T;
    TakeReverseStep<T, 2> step;
    DenoiseAndPull<T> guide;
    bool same_blocks;

    template <class L>
    static constexpr int tile_size_of = turn<L>;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        T beside[2 * turn<L>];
        TakeReverseStep<T, 2> before = step;
        DenoiseAndPull<T> after = guide;
        if (same_blocks) {
            before.beside = beside;
            after.second_body.drawn = beside;
            after.second_body.start = first;
        }
        run_part<L>(before, first, count);
        run_part<L>(after, first, count);
    }
};

#define DRIFT_GAIN_ON_GPU(T)            \
    DRIFT_ON_GPU(TakeGainPull<T, 2, 1>) \
    DRIFT_ON_GPU(TakeGainPull<T, 0, 0>) \
    DRIFT_ON_GPU(DenoiseAndPull<T>)     \
    DRIFT_ON_GPU(StepAndPull<T>)
DRIFT_GAIN_ON_GPU(float)
DRIFT_GAIN_ON_GPU(double)

#ifndef __CUDACC__
namespace {

template <class T>
bool one_pass(const MixtureGainTask<T>& task) {
    return task.level.shared_variance && task.level.dims == 2 && task.gain.rows == 1;
}

template <class T>
DenoiseAndPull<T> body_of(const MixtureGainTask<T>& task) {
    return {{task.level, task.denoise, 0, shared_variance_constants(task.level)}, {task.gain}};
}

}  // namespace

template <class T>
void gain_pull(Exec exec, const GainPull<T>& task) {
    if (task.dims == 2 && task.rows == 1) {
        parallel_for(exec, task.n, TakeGainPull<T, 2, 1>{task});
    } else {
        parallel_for(exec, task.n, TakeGainPull<T, 0, 0>{task});
    }
}

template <class T>
void mixture_gain(Exec exec, const MixtureGainTask<T>& task) {
    if (one_pass(task)) {
        parallel_for(exec, task.denoise.n, body_of(task));
        return;
    }
    mixture_denoise(exec, task.level, task.denoise);
    gain_pull(exec, task.gain);
}

template <class T>
void step_and_gain(Exec exec, const ReverseStep<T>& step, const MixtureGainTask<T>& task) {
    if (one_pass(task)) {
        check_step(step);
        const bool same_blocks = task.gain.spread > 0 && same_numbers(step.noise, task.gain.noise);
        parallel_for(exec, step.n, StepAndPull<T>{{step}, body_of(task), same_blocks});
        return;
    }
    reverse_step(exec, step);
    mixture_gain(exec, task);
}

#define DRIFT_GAIN(T)                                            \
    template void gain_pull(Exec, const GainPull<T>&);           \
    template void mixture_gain(Exec, const MixtureGainTask<T>&); \
    template void step_and_gain(Exec, const ReverseStep<T>&, const MixtureGainTask<T>&);
DRIFT_GAIN(float)
DRIFT_GAIN(double)

#endif

}  // namespace drift::kernels
