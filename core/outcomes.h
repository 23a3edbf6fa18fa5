// Reward and diversity of samples, and of those that they are to be compared with (core/outcome.h).
#pragma once

#include "core/frame.h"
#include "core/outcome.h"
#include "core/sampler.h"
#include "core/torch.h"

namespace drift {

/// Of equally weighted samples x [m, ...] in data space. Nothing is known without a condition.
Outcome outcome_of(const Condition& condition, const torch::Tensor& x);

/// Completes the summary of a run: of its particles, weighted unless a policy drew them, and of what they are compared
/// with. `state` is in data space, `task` as it is sampled. Draws from priors that cost denoiser calls are left out.
void add_outcomes(const Task& task, const State& state, Summary& summary);

}  // namespace drift
