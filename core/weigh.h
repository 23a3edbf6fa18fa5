// Log weights of a state and what they say, the same for all weighted methods. guidance.md 2.1, 2.2, 2.5.
#pragma once

#include "core/kernels/weights.h"
#include "core/sampler.h"

#include <string>

namespace drift {

/// Writes the log weights of `state` by `update`, their sum, and the numbers that follow from them and from log_z_base.
/// What very large log weights have in common is taken out of them and added to log_z_base: once for each state.
/// Families are those of state.eves. Throws RunError, saying `when`, where no weight is positive.
void weigh(State& state, const kernels::WeightUpdate& update, const std::string& when);

/// For those who update the weights of `state` along with what else they compute: what to do, and what follows from it.
kernels::Weighing weighing_of(State& state, kernels::WeightUpdate update);
void conclude(State& state, const kernels::Weighing& weighing, const std::string& when);

}  // namespace drift
