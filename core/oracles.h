// What is known in closed form about a run before it starts.
#pragma once

#include "core/sampler.h"

#include <optional>
#include <string>
#include <vector>

namespace drift {

/// log Z of the model that the steps define, which is what TDS estimates: known for a Gaussian prior under a linear
/// measurement, where unguided steps are an affine recursion (guidance.md O4). `etas` has one value a step.
std::optional<double> discretised_log_z(const Problem& problem, const Schedule& schedule,
                                        const std::vector<double>& etas);

/// Mean and covariance of the clean samples of that recursion, in the eigenbasis of the prior's covariance.
struct GaussianChain {
    torch::Tensor mean;        // [d]
    torch::Tensor covariance;  // [d, d]
};
GaussianChain unguided_chain(const GaussianMixture& prior, const Schedule& schedule, const std::vector<double>& etas);

}  // namespace drift
