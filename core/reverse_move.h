// The reverse step of all samplers on tensors; its formula is in kernels/reverse_step.h.
#pragma once

#include "core/kernels/reverse_step.h"
#include "core/torch.h"

namespace drift {

struct ReverseMove {
    double c = 0;            // sqrt(sigma'^2 - tau^2) / sigma
    double tau = 0;          // standard deviation of the injected noise
    double shift_scale = 0;  // of pull, added to D
    kernels::RandomStream noise;
    torch::Tensor x;           // [n, ...]
    torch::Tensor denoised;    // likewise
    torch::Tensor pull;        // likewise; undefined for a step without guidance
    torch::Tensor next;        // likewise; written, and another than x
    torch::Tensor log_ratio;   // [n] float64, written; undefined where nobody wants it
    torch::Tensor not_finite;  // [1] int32, raised by the particles that are left without a finite place
};

/// The step as a kernel takes it.
template <class T>
kernels::ReverseStep<T> kernel_step(const ReverseMove& move);

void take(const ReverseMove& move);

}  // namespace drift
