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

/// Draws the first `children` of state.parents, all where that is 0, from state.log_weights and counts the distinct
/// ones. Only the memory in `state` is written.
int64_t choose_parents(State& state, ResamplingScheme scheme, const Random& random, int64_t children = 0);

/// How many different numbers there are in sorted integers [n].
int64_t distinct_sorted(const torch::Tensor& numbers);

/// Rows of `from` in the order of `parents` into `to`, which has a row for each of them.
void gather(const torch::Tensor& from, const torch::Tensor& parents, torch::Tensor& to);

}  // namespace drift
