// F(x, t) at the places between start and end, for losses that balance parts of trajectories: relative to the
// reference, so that it is log Z at the start and log w at the end.
#pragma once

#include "core/nets/time_net.h"
#include "core/training/trajectories.h"

#include <vector>

namespace drift {

TimeNetConfig flow_network(const Model& model);

class Flow {
public:
    Flow(const Model& model, const TimeNetConfig& config, const torch::Tensor& weights);
    /// [T + 1, n] float64 on the host, 0 at both ends.
    torch::Tensor at(const Trajectories& trajectories);
    /// The gradient at the weights for one at the latest answer.
    torch::Tensor gradient(const torch::Tensor& at_answer) const;

private:
    const Model& model_;
    TimeNet net_;
    TimeNet::Times times_;
    torch::Tensor scales_;  // [T - 1, 1, 1]
    std::vector<TimeNet::Tape> tapes_;
};

}  // namespace drift
