// What the batches of a training were like, in numbers.
#pragma once

#include "core/training/losses.h"
#include "core/training/replay_buffer.h"
#include "core/training/trajectories.h"
#include "core/training_numbers.h"

namespace drift {

/// Residuals of a batch, as a whole and by source.
void describe_residuals(const LossOutput& loss, const Trajectories& batch, TrainingNumbers& numbers);

/// Rewards of the end points in a buffer, and how the `newest` of them rank among all at that beta.
BufferNumbers describe_buffer(const ReplayBuffer& buffer, double beta, int64_t newest);

/// The mean over several batches; of settings and counts the latest.
class MeanNumbers {
public:
    void add(const TrainingNumbers& numbers);
    TrainingNumbers result() const;

private:
    struct Mean {
        double sum = 0;
        int64_t count = 0;
        void add(double value);
        double result() const;
    };
    Mean loss_, residual_, spread_, log_z_, norm_;
    std::array<Mean, trajectory_sources> sources_;
    TrainingNumbers latest_;
};

}  // namespace drift
