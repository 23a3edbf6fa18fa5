// Resampling schemes that settle what becomes of each parent, one after the other on the host.
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

/// A particle stays where it is with probability W_i / max W, else its place goes to a child of a parent drawn from all
/// (Del Moral 2004): ancestors are in no order. As many children as parents. Pointers of `resampling` are on the host.
void killing_ancestors(const kernels::Resampling& resampling, kernels::RandomStream stream);

}  // namespace drift
