// Everything that a training carries from one iteration to the next, so that it can be stopped, copied, stored and gone
// on with at any iteration.
#pragma once

#include "core/torch.h"
#include "core/training/local_search.h"
#include "core/training/replay_buffer.h"
#include "core/training_numbers.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace drift {

/// Weights under Adam, flat tensors [count].
struct LearnedWeights {
    torch::Tensor weights, average, first_moment, second_moment;

    static LearnedWeights from(const torch::Tensor& initial);
    LearnedWeights copy() const;
    bool defined() const { return weights.defined(); }
};

struct TrainerState {
    LearnedWeights policy;
    LearnedWeights flow;   // of F at the places between, for the losses that learn it
    LearnedWeights good;   // of the policy, from when everything was finite last
    LearnedWeights log_z;  // one number
    ReplayBuffer buffer, local;
    LocalSearchState search;
    int64_t iteration = 0;
    int64_t updates = 0;     // of the weights since the moments of Adam were 0
    int64_t restored = 0;    // how often good weights were put back
    double rate_factor = 1;  // halved each time
    double seconds = 0;
    double earlier_seconds = 0;  // of them, before it was taken up from a file
    /// What the reports said so far, in rising order.
    std::vector<std::shared_ptr<const TrainingNumbers>> told;

    /// What was said at that iteration, or at the last report before it; null where there was none.
    const TrainingNumbers* told_at(int64_t iteration) const;
    /// A copy whose tensors share no memory with these.
    TrainerState copy() const;
};

}  // namespace drift
