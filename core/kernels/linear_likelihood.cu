#include "core/kernels/linear_likelihood.h"

#include "core/kernels/linear_likelihood_tile.h"
#include "core/kernels/parallel_for.h"

namespace drift::kernels {

#define DRIFT_LIKELIHOOD_ON_GPU(T)                  \
    DRIFT_ON_GPU(EvaluateLinearLikelihood<T, 2, 1>) \
    DRIFT_ON_GPU(EvaluateLinearLikelihood<T, 0, 0>)
DRIFT_LIKELIHOOD_ON_GPU(float)
DRIFT_LIKELIHOOD_ON_GPU(double)

#ifndef __CUDACC__

template <class T>
void linear_likelihood(Exec exec, const LinearLikelihood<T>& task) {
    if (task.dims == 2 && task.rows == 1) {
        parallel_for(exec, task.n, EvaluateLinearLikelihood<T, 2, 1>{task, log_constant(task)});
    } else {
        parallel_for(exec, task.n, EvaluateLinearLikelihood<T, 0, 0>{task, log_constant(task)});
    }
}
template void linear_likelihood(Exec, const LinearLikelihood<float>&);
template void linear_likelihood(Exec, const LinearLikelihood<double>&);

#endif

}  // namespace drift::kernels
