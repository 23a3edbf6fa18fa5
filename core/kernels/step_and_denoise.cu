#include "core/kernels/step_and_denoise.h"

#include "core/kernels/parallel_for.h"
#include "core/kernels/reverse_step_tile.h"
#include "core/kernels/shared_variance_mixture.h"
#include "core/kernels/then.h"

namespace drift::kernels {

template <class T>
using StepAndDenoise = Then<TakeReverseStep<T, 2>, SharedVarianceMixture<T, 2, 0, false>>;

DRIFT_ON_GPU(StepAndDenoise<float>)
DRIFT_ON_GPU(StepAndDenoise<double>)

#ifndef __CUDACC__

template <class T>
void step_and_denoise(Exec exec, const ReverseStep<T>& step, const MixtureLevel<T>& level, const MixtureTask<T>& task) {
    const bool only_denoised = task.jacobian_directions == nullptr && task.jacobian_vectors == nullptr;
    if (level.shared_variance && level.dims == 2 && only_denoised) {
        check_step(step);
        parallel_for(exec, step.n, StepAndDenoise<T>{{step}, {level, task, 0, shared_variance_constants(level)}});
    } else {
        reverse_step(exec, step);
        mixture_denoise(exec, level, task);
    }
}

template void step_and_denoise(Exec, const ReverseStep<float>&, const MixtureLevel<float>&, const MixtureTask<float>&);
template void step_and_denoise(Exec, const ReverseStep<double>&, const MixtureLevel<double>&,
                               const MixtureTask<double>&);

#endif

}  // namespace drift::kernels
