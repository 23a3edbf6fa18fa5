// Markov chains at the ends of trajectories, for places of high density that the policy does not reach by itself: MALA
// from points of the replay buffer, with a step size that comes to accept as many proposals as is best.
// trained_samplers.md 2.2.
#pragma once

#include "core/moves/move.h"
#include "core/training/replay_buffer.h"

namespace drift {

struct LocalSearchOptions {
    int64_t chains = 256;
    int64_t steps = 200;
    int64_t burn_in = 100;  // steps whose places are not kept
    int64_t keep_every = 10;
};

/// What one search leaves for the next.
struct LocalSearchState {
    double step_size = 0.01;
    double acceptance = 0;  // of the latest search, after its burn-in
};

/// Chains from `start` [n, d] under p0 r^beta; where they have come goes to `kept`.
void local_search(const Terminal& terminal, const LocalSearchOptions& options, double beta, const torch::Tensor& start,
                  const torch::TensorOptions& numbers, const Random& random, LocalSearchState& state,
                  ReplayBuffer& kept);

}  // namespace drift
