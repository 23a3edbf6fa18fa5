// Resampling schemes that settle how many children each parent has, one parent after the other on the host.
// specs/guidance.md 2.3.
#pragma once

#include "core/kernels/ancestors.h"

namespace drift {

/// floor(n W_i) children each, and the rest multinomially by what is left of n W_i. Pointers of `resampling` are on the
/// host.
void residual_ancestors(const kernels::Resampling& resampling, kernels::RandomStream stream);

/// Srinivasan sampling (Gerber, Chopin, Whiteley 2019): the fractions of n W_i are settled pair by pair, so that every
/// parent has floor(n W_i) children or one more. Pointers of `resampling` are on the host.
void ssp_ancestors(const kernels::Resampling& resampling, kernels::RandomStream stream);

}  // namespace drift
