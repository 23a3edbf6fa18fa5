// Choosing who goes on: ancestors from log weights. guidance.md 2.3.
#pragma once

#include "core/random.h"
#include "core/sampler.h"

#include <string>
#include <vector>

namespace drift {

enum class ResamplingScheme { Systematic, Stratified, Ssp, Residual, Multinomial, Killing };

/// In what order the particles stand in line when they draw: as they are numbered, or along a space-filling curve, so
/// that neighbours share their luck, and two runs that go side by side stay side by side.
enum class ParticleOrder { None, Hilbert };

/// The names of formats.md, in the order in which a menu shows them.
const std::vector<std::string>& resampling_names();
ResamplingScheme resampling_scheme(const std::string& name);  ///< throws UserError
const std::vector<std::string>& particle_order_names();
ParticleOrder particle_order(const std::string& name);  ///< throws UserError

/// Draws the first `children` of state.parents, all where that is 0, from state.log_weights and counts the distinct
/// ones. They are sorted unless the scheme is killing, which wants as many children as parents, or there is an order:
/// state.scattered says so from then on. Only the memory in `state` is written.
int64_t choose_parents(State& state, ResamplingScheme scheme, const Random& random, int64_t children = 0,
                       ParticleOrder order = ParticleOrder::None);

/// How many different numbers there are in integers [n], 0 to `below`; a quicker way where they are sorted.
int64_t distinct(const torch::Tensor& numbers, int64_t below, bool sorted);

/// Rows of `from` in the order of `parents` into `to`, which has a row for each of them.
void gather(const torch::Tensor& from, const torch::Tensor& parents, torch::Tensor& to);

}  // namespace drift
