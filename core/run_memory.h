// Whether a run fits into the memory that there is, judged before any of it is taken.
#pragma once

#include "core/sampler.h"
#include "core/scenario.h"

namespace drift {

/// Throws UserError, which says what is needed and what there is, for too many particles.
void check_memory(const Scenario& scenario, const Task& task);

/// Where making the task trains a prior first: the same, by what is known of it untrained, and for too large a
/// training.
void check_memory_of_training(const Scenario& scenario, const torch::Device& device);

}  // namespace drift
