// How far particles are from the truth. Every number states what it is not defined for: NaN then.
#pragma once

#include "core/gaussian_mixture.h"

#include <torch/types.h>

#include <cstdint>
#include <functional>

namespace drift {

/// Stops a long measurement when it returns true.
using Cancelled = std::function<bool()>;

/// Sliced Wasserstein distance W1 between weighted rows x [n, d] and equally weighted rows of `reference` [m, d]: the
/// mean over 128 fixed directions of the distance along each. `log_weights` [n] is normalised, or undefined for equal
/// weights. NaN when cancelled or when a row is not finite.
double sliced_wasserstein(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& reference,
                          const Cancelled& cancelled = {});

/// The same to the exact posterior, with its floor: two exact sets of the same size.
struct DistanceToExact {
    double sliced_w1;
    double floor;
};
DistanceToExact distance_to_exact(const torch::Tensor& x, const torch::Tensor& log_weights,
                                  const GaussianMixture& exact, const Cancelled& cancelled = {});

}  // namespace drift
