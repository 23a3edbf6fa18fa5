// Log weights of a state and what they say, the same for all weighted methods. guidance.md 2.1, 2.2, 2.5.
#pragma once

#include "core/kernels/weights.h"
#include "core/sampler.h"

#include <string>

namespace drift {

/// Writes the log weights of `state` by `update`, their sum, and the numbers that follow from them and from log_z_base.
/// Families are those of state.eves. Throws RunError, saying `when`, where no weight is positive.
void weigh(State& state, kernels::WeightUpdate update, const std::string& when);

}  // namespace drift
