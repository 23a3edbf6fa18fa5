#include "core/kernels/mixture.h"

#include "core/kernels/general_mixture.h"
#include "core/kernels/parallel_for.h"
#include "core/kernels/shared_variance_mixture.h"

namespace drift::kernels {

// On the CPU a tile lies on the stack, whose unused part costs nothing; on the GPU every thread in flight needs it.
constexpr int slots_per_pass = 2;
template <class T>
using LargeMixture = GeneralMixture<T, static_cast<int>(max_mixture_dims), slots_per_pass>;
template <class T>
using LargeMixtureMean = GeneralMixture<T, static_cast<int>(max_mixture_dims), 0>;

#define DRIFT_SHARED_ON_GPU(T, D)                       \
    DRIFT_ON_GPU(SharedVarianceMixture<T, D, 0, false>) \
    DRIFT_ON_GPU(SharedVarianceMixture<T, D, 0, true>)  \
    DRIFT_ON_GPU(SharedVarianceMixture<T, D, 1, false>) \
    DRIFT_ON_GPU(SharedVarianceMixture<T, D, 2, false>)
DRIFT_SHARED_ON_GPU(float, 1)
DRIFT_SHARED_ON_GPU(float, 2)
DRIFT_SHARED_ON_GPU(double, 1)
DRIFT_SHARED_ON_GPU(double, 2)
DRIFT_ON_GPU(LargeMixture<float>)
DRIFT_ON_GPU(LargeMixture<double>)
DRIFT_ON_GPU(LargeMixtureMean<float>)
DRIFT_ON_GPU(LargeMixtureMean<double>)

#ifndef __CUDACC__
namespace {

/// One pass over the particles: the plain outputs of `task` that are not null and either `count` shared directions from
/// `base` on or, with count 0, the per-particle vectors where those are wanted.
template <class T>
struct Pass {
    MixtureTask<T> task;
    int64_t base = 0;
    int64_t count = 0;
};

template <class T, int Dims>
void run_shared_variance(Exec exec, const MixtureLevel<T>& level, const Pass<T>& pass) {
    const MixtureTask<T>& task = pass.task;
    const SharedVarianceConstants<T> constants = shared_variance_constants(level);
    if (pass.count == 2) {
        parallel_for(exec, task.n, SharedVarianceMixture<T, Dims, 2, false>{level, task, pass.base, constants});
    } else if (pass.count == 1) {
        parallel_for(exec, task.n, SharedVarianceMixture<T, Dims, 1, false>{level, task, pass.base, constants});
    } else if (task.jacobian_vectors != nullptr) {
        parallel_for(exec, task.n, SharedVarianceMixture<T, Dims, 0, true>{level, task, pass.base, constants});
    } else {
        parallel_for(exec, task.n, SharedVarianceMixture<T, Dims, 0, false>{level, task, pass.base, constants});
    }
}

template <class T>
void run(Exec exec, const MixtureLevel<T>& level, const Pass<T>& pass) {
    if (level.shared_variance && level.dims == 1) {
        run_shared_variance<T, 1>(exec, level, pass);
    } else if (level.shared_variance) {
        run_shared_variance<T, 2>(exec, level, pass);
    } else if (pass.count > 0) {
        parallel_for(exec, pass.task.n, LargeMixture<T>{level, pass.task, pass.base});
    } else if (pass.task.jacobian_vectors != nullptr || pass.task.score != nullptr) {
        parallel_for(exec, pass.task.n, LargeMixture<T>{level, pass.task, level.directions});
    } else {
        parallel_for(exec, pass.task.n, LargeMixtureMean<T>{level, pass.task, level.directions});
    }
}

}  // namespace

template <class T>
void mixture_denoise(Exec exec, const MixtureLevel<T>& level, const MixtureTask<T>& task) {
    const int64_t directions = task.jacobian_directions != nullptr ? level.directions : 0;
    Pass<T> pass{task};
    if (directions > 0) {
        pass.task.jacobian_vectors = nullptr;
        for (; pass.base < directions; pass.base += pass.count) {
            pass.count = directions - pass.base < slots_per_pass ? directions - pass.base : slots_per_pass;
            run(exec, level, pass);
            pass.task.denoised = nullptr;
            pass.task.log_density = nullptr;
            pass.task.score = nullptr;
            pass.task.component = nullptr;
        }
        if (task.jacobian_vectors == nullptr) {
            return;
        }
        pass.task.jacobian_vectors = task.jacobian_vectors;
        pass.count = 0;
    }
    run(exec, level, pass);
}

template void mixture_denoise(Exec, const MixtureLevel<float>&, const MixtureTask<float>&);
template void mixture_denoise(Exec, const MixtureLevel<double>&, const MixtureTask<double>&);

#endif

}  // namespace drift::kernels
