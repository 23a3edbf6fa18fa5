// What the steps of a policy leave open whatever it learns, for a posterior that is only known on a grid.
#pragma once

#include "core/grid_posterior.h"
#include "core/training/reference.h"

namespace drift {

/// The divergence of the best policy with Gaussian steps from the trajectories P of the posterior, which is how far its
/// upper bound stays above log Z. With c_k the shift of the mean of step k under P and v_k the variance of each
/// coordinate there, both given x_k, the best policy has that shift and the variance q b, q = v / b as far as it may,
/// and
///
///     KL(P || policy) = KL(posterior || prior) - sum_k E_P sum_i (c^2 / b + v / b - v / (q b) - ln q) / 2
///
/// `variance_range` is how far ln q may be from 0: 0 where variances are not learned. For a process that keeps N(0, I).
/// NaN where the last step is finer than the grid.
double floor_on_grid(const GridPosterior& posterior, const Reference& reference, double variance_range);

}  // namespace drift
