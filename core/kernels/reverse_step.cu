#include "core/kernels/reverse_step.h"

#include "core/kernels/parallel_for.h"
#include "core/kernels/reverse_step_tile.h"

namespace drift::kernels {

DRIFT_ON_GPU(TakeReverseStep<float, 0>)
DRIFT_ON_GPU(TakeReverseStep<float, 2>)
DRIFT_ON_GPU(TakeReverseStep<double, 0>)
DRIFT_ON_GPU(TakeReverseStep<double, 2>)

#ifndef __CUDACC__

template <class T>
void reverse_step(Exec exec, const ReverseStep<T>& step) {
    check_step(step);
    if (step.dims == 2) {
        parallel_for(exec, step.n, TakeReverseStep<T, 2>{step});
    } else {
        parallel_for(exec, step.n, TakeReverseStep<T, 0>{step});
    }
}
template void reverse_step(Exec, const ReverseStep<float>&);
template void reverse_step(Exec, const ReverseStep<double>&);

#endif

}  // namespace drift::kernels
