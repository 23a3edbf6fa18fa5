// How good a policy is, by trajectories of its own and of the target. No single number tells: the lower bound alone
// ranks runs that lost modes above runs that kept them. trained_samplers.md 4, 6.4 and 8.6.
#pragma once

#include "core/gaussian_mixture.h"
#include "core/training/trajectories.h"
#include "core/training_numbers.h"

#include <vector>

namespace drift {

/// From log weights of the policy's own trajectories: lower bound, log mean and effective sample size.
void describe_weights(const std::vector<double>& log_w, TrainingNumbers& numbers);

/// The upper bound on log Z and the effective sample size under the target, from exact draws [n, d] of it taken
/// backwards. Exact where the reference's way back is; the upper bound is one of the discretised process otherwise.
void describe_target(const Model& model, const Policy& policy, const torch::Tensor& draws, const Random& random,
                     TrainingNumbers& numbers);

/// Modes of the exact answer that have less than a quarter of their mass in `x` [n, d] within three standard
/// deviations. Modes that so many draws would not have shown anyway are not counted.
void describe_modes(const GaussianMixture& exact, const torch::Tensor& x, TrainingNumbers& numbers);

/// The gap between log Z and either bound that no policy with the reference's own variances can close, for a Gaussian
/// target N(m, spread^2) in each of `dimension` coordinates: sum_k (rho_k - 1 - ln rho_k) / 2 with rho_k the ratio of
/// the exact kernel's variance to that of the reference.
double discretisation_floor(const TimeGrid& grid, bool stationary, double spread, int64_t dimension);

/// That of a policy: exact for a posterior on a grid; for one in closed form by its modes one by one. NaN where nobody
/// knows, as where a policy learns the variances of a posterior of several modes.
double floor_of(const Model& model, const Task& task);

}  // namespace drift
