// What a fit learns: a network, a loss and how good the network is. The loop around it is in fit_loop.h.
#pragma once

#include "core/nets/parameter_store.h"
#include "core/torch.h"

#include <ATen/core/Generator.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace drift {

/// What one iteration learns from; every tensor has one row per picture.
using FitBatch = std::vector<torch::Tensor>;

class FitTask {
public:
    virtual ~FitTask() = default;

    /// Two copies of the network, each with parameters of its own, so that two threads can each take half a batch.
    static constexpr int64_t replicas = 2;
    /// Into how many parts a batch is cut; 1 for networks so small that each operation is mostly its own overhead.
    virtual int64_t parts() const { return replicas; }
    virtual ParameterStore& parameters(int64_t replica) = 0;
    /// A multiple of parts() of pictures and the noise on them; all randomness comes from the generator.
    virtual FitBatch draw(at::Generator& generator) const = 0;
    /// The mean loss of a part of a batch, a scalar with gradients.
    virtual torch::Tensor loss(int64_t replica, const FitBatch& part) const = 0;
    /// The loss of replica 0 on pictures that training never sees, always with the same noise.
    virtual double validation_loss() const = 0;
    /// For the header of the weight file: architecture, V, where the data came from.
    virtual nlohmann::json description() const = 0;
    /// True where a step in bfloat16 learns the same and is faster.
    virtual bool half_precision() const { return false; }
};

}  // namespace drift
