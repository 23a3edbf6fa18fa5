// The one reverse step of all samplers (specs/guidance.md 1.3), with its noise drawn inside.
#pragma once

#include "core/kernels/exec.h"
#include "core/kernels/philox.h"

namespace drift::kernels {

/// x' = (1 - c) (D + shift_scale pull) + c x + tau z.
template <class T>
struct ReverseStep {
    int64_t n = 0;
    int64_t dims = 0;
    double c = 0;                   // sqrt(sigma'^2 - tau^2) / sigma
    double tau = 0;                 // standard deviation of the injected noise; 0 draws none
    double shift_scale = 1;         // zeta
    RandomStream noise;             // purpose proposal and the step
    const T* x = nullptr;           // [n, dims]
    const T* denoised = nullptr;    // [n, dims]
    const T* pull = nullptr;        // [n, dims], or null for an unguided step
    T* next = nullptr;              // [n, dims], another buffer than x
    double* log_ratio = nullptr;    // [n] log p(x' | x) / q(x' | x), or null; needs tau > 0 where there is a pull
    int32_t* not_finite = nullptr;  // one number, raised by the particles with a coordinate that is not finite; or null
};

/// The first of the normal numbers of `noise` that a step in `dims` dimensions has no use for, and other draws may
/// take: what is left of the block in the plane and on the line, and those of later blocks in space.
DRIFT_HOST_DEVICE constexpr int64_t first_beside(int64_t dims) {
    return dims <= 2 ? 2 : (dims + 3) / 4 * 4;
}

/// Takes the step. With delta = (1 - c) shift_scale pull, log_ratio = -(z . delta / tau + |delta|^2 / (2 tau^2)), which
/// is the log density of the unguided step over that of the guided one (1.6.8). Throws std::invalid_argument where
/// log_ratio is wanted of a guided step without noise.
template <class T>
void reverse_step(Exec exec, const ReverseStep<T>& step);

}  // namespace drift::kernels
