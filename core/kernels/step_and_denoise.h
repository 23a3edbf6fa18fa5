// A reverse step and the denoiser of a mixture where it leads.
#pragma once

#include "core/kernels/mixture.h"
#include "core/kernels/reverse_step.h"

namespace drift::kernels {

/// task.x is step.next. The step may read what the denoiser overwrites. In a single pass where two coordinates with a
/// shared variance allow it.
template <class T>
void step_and_denoise(Exec exec, const ReverseStep<T>& step, const MixtureLevel<T>& level, const MixtureTask<T>& task);

}  // namespace drift::kernels
