// The last step of inpainting: what was measured is put in place of what was predicted, x = D + A^T (y - A D), and the
// weight says how likely that was. guidance.md 1.6.8.
#pragma once

#include "core/problem.h"

namespace drift {

/// Throws UserError unless the condition is a linear measurement with A A^T = I, such as a mask: only there does A^T
/// put the measured values in their places.
void require_masklike(const Condition& condition);

/// Overwrites what was measured in x [n, ...], which is D, and returns log N(y; A D, variance I) with
/// variance = sigma_y^2 + r^2, float64 [n].
torch::Tensor fill_in_measured(const LinearGaussian& measurement, double variance, torch::Tensor& x);

}  // namespace drift
