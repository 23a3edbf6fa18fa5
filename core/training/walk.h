// A policy at work: particles step by step, with the log ratio that their importance weights are made of. Nothing of
// the way is kept.
#pragma once

#include "core/torch.h"
#include "core/training/trajectories.h"

namespace drift {

struct Walk {
    torch::Tensor x;          // [n, d]
    torch::Tensor log_ratio;  // [n] float64, sum of log q - log ref so far
    torch::Tensor observed;   // [n, m] where the sampler is amortised
};

/// Starts n particles.
Walk start_walk(const Model& model, int64_t count, const Random& random);
/// Step k: `from` to `to`, whose tensors are overwritten and must be others.
void step_walk(const Model& model, const Policy& policy, int64_t k, const Random& random, const Walk& from, Walk& to);
/// All steps; log w of the target against the policy, float64 [n] on the host.
torch::Tensor finish_walk(const Model& model, const Policy& policy, const Random& random, Walk& walk);
/// log w - log ratio at the end of a walk, of the model's power of r.
torch::Tensor log_weights_of(const Model& model, const Walk& ended);

}  // namespace drift
