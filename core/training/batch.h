// One batch of trajectories, put together from several sources inside the batch: with a constant that is free in every
// batch, sources in batches of their own would not be tied to each other. trained_samplers.md 2.1 and 8.6.
#pragma once

#include "core/training/local_search.h"
#include "core/training/replay_buffer.h"
#include "core/training/trajectories.h"

#include <array>
#include <optional>

namespace drift {

struct BatchOptions {
    int64_t batch = 256;
    std::array<double, trajectory_sources> shares{0.5, 0, 0.5, 0, 0, 0, 0};
    BufferPriority priority = BufferPriority::Reward;
    int64_t group = 0;                     // trajectories that share an observation; 0 where there is but one
    torch::Tensor data;                    // [N, d] samples of the target; undefined where there are none
    double least_ess = 0.05;               // of reference rollouts below which the buffer stands in for them
    std::optional<TrajectorySource> only;  // where all of them come from, whatever the shares say
    bool keep = false;                     // what the policy says on its way, for the residuals
    int64_t oversampling = 4;              // reference rollouts for each one that is resampled
};

/// How many of `batch` trajectories come from each source, by shares that need not sum to one; largest remainders.
std::array<int64_t, trajectory_sources> apportioned(const std::array<double, trajectory_sources>& shares,
                                                    int64_t batch);

/// Where a batch is drawn in a training.
struct BatchPlace {
    uint64_t seed = 1;
    int64_t iteration = 0;
    double beta = 1;
    double exploration = 0;
};

/// What sources have nothing to give yet is left to the policy. New ends go into `buffer`: where it is drawn from and
/// no other source makes any, as many of the policy as are taken out.
Trajectories draw_batch(const Model& model, const Policy& policy, const BatchOptions& options, const BatchPlace& place,
                        ReplayBuffer& buffer, const ReplayBuffer& local);

/// A batch in groups that share an observation each: the first of a group goes back from the draw of the prior that
/// the observation was made of, which is a draw from its posterior, the others follow the policy. All of them do, and
/// without exploration, where `options.only` is given: a buffer would know but the observations of its time, so that it
/// is that of this batch, whose ends are taken back.
Trajectories draw_amortised_batch(const Model& model, const Policy& policy, const BatchOptions& options,
                                  const BatchPlace& place);

}  // namespace drift
