// Choosing who goes on: ancestors from log weights. guidance.md 2.3.
#pragma once

#include "core/random.h"
#include "core/sampler.h"

#include <string>
#include <vector>

namespace drift {

enum class ResamplingScheme { Systematic, Stratified, Ssp, Residual, Multinomial };

/// The names of formats.md, in the order in which a menu shows them.
const std::vector<std::string>& resampling_names();
ResamplingScheme resampling_scheme(const std::string& name);  ///< throws UserError

/// Draws state.parents from state.log_weights and counts the distinct ones. Only the memory in `state` is written.
int64_t choose_parents(State& state, ResamplingScheme scheme, const Random& random);

/// Rows of `from` in the order of `parents` [n] into `to`, of the same shape.
void gather(const torch::Tensor& from, const torch::Tensor& parents, torch::Tensor& to);

}  // namespace drift
