// Other weights for the components of a mixture prior as a condition: what a label says, or another mixture of the same
// components. The posterior is that mixture.
#pragma once

#include "core/problem.h"

#include <memory>

namespace drift {

/// log r(x) = strength * (log sum_j v_j N_j(x) - log sum_j w_j N_j(x)), v = `weights` [J] float64, of any sum but not
/// all zero, w the prior's own.
std::shared_ptr<const Condition> mixture_reweighting(const GaussianMixture& prior, const torch::Tensor& weights,
                                                     double strength);

/// Bytes a particle of comparing the components of the prior with each other.
double reweighting_bytes(const ParamSet& params, const ParticleSize& size);

/// Whole numbers from 0 to J - 1, each once; `key` is that of the condition, for messages. Throws UserError.
torch::Tensor component_indices(const Array& array, int64_t components, const std::string& key);

}  // namespace drift
