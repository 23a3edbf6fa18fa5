// What a small generator is: a map x = g(z) of standard normal noise, the loss that teaches it, and its numbers. In
// units of the data: mean 0, V = 1. The training around it is in core/training/generator_task.h.
#pragma once

#include "core/nets/parameter_store.h"
#include "core/random.h"
#include "core/torch.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

namespace drift {

/// Not to be learned from and used at the same time; else immutable and safe to share between threads.
class GeneratorModel {
public:
    virtual ~GeneratorModel() = default;
    virtual ParameterStore& parameters() = 0;
    virtual const ParameterStore& parameters() const = 0;
    /// How many numbers z has.
    virtual int64_t latent() const = 0;
    /// x [n, 2] of z [n, latent]. Differentiable in z; treats every row alone.
    virtual torch::Tensor generate(const torch::Tensor& z) const = 0;
    /// How often the network is asked for one x.
    virtual int64_t evaluations() const { return 1; }
    /// What a loss needs beside `data` [n, 2]: tensors with a row for each point.
    virtual std::vector<torch::Tensor> noise(int64_t count, const Random& random) const = 0;
    /// A scalar with gradients, of data and noise of the same rows.
    virtual torch::Tensor loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const = 0;
    /// About how many numbers the loss and its gradient hold at once for each point of a batch.
    virtual int64_t numbers_in_training() const = 0;
    /// What its numbers belong to, such as {"type": "gan", "width": 64, ...}: keys are those of the prior.
    virtual nlohmann::json architecture() const = 0;
};

using MakeGenerator = std::function<std::unique_ptr<GeneratorModel>()>;

/// Standard normals [rows, columns], float32; `use` tells the draws from the same `random` apart.
inline torch::Tensor standard_normals(int64_t rows, int64_t columns, const Random& random, int64_t use = 0) {
    torch::Tensor normals = torch::empty({rows, columns}, torch::kFloat32);
    random.fill_normals(normals, kernels::Purpose::Training, use);
    return normals;
}

}  // namespace drift
