#include "core/reverse_move.h"

#include "core/exec.h"

#include <ATen/Dispatch.h>

namespace drift {

template <class T>
kernels::ReverseStep<T> kernel_step(const ReverseMove& move) {
    kernels::ReverseStep<T> step;
    step.n = move.x.size(0);
    step.dims = move.x.numel() / step.n;
    step.c = move.c;
    step.tau = move.tau;
    step.shift_scale = move.shift_scale;
    step.noise = move.noise;
    step.x = move.x.const_data_ptr<T>();
    step.denoised = move.denoised.const_data_ptr<T>();
    step.pull = move.pull.defined() ? move.pull.const_data_ptr<T>() : nullptr;
    step.next = move.next.data_ptr<T>();
    step.log_ratio = move.log_ratio.defined() ? move.log_ratio.data_ptr<double>() : nullptr;
    step.not_finite = move.not_finite.defined() ? move.not_finite.data_ptr<int32_t>() : nullptr;
    return step;
}
template kernels::ReverseStep<float> kernel_step(const ReverseMove&);
template kernels::ReverseStep<double> kernel_step(const ReverseMove&);

void take(const ReverseMove& move) {
    AT_DISPATCH_FLOATING_TYPES(move.x.scalar_type(), "reverse_step",
                               [&] { kernels::reverse_step(exec_on(move.x.device()), kernel_step<scalar_t>(move)); });
}

}  // namespace drift
