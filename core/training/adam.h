// One step of Adam (Kingma and Ba 2015) on a flat tensor.
#pragma once

#include "core/torch.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace drift {

struct AdamStep {
    double rate = 1e-3;
    int64_t number = 1;  // of the step, from 1
    double beta1 = 0.9;
    double beta2 = 0.999;
};

inline void adam_step(const AdamStep& step, const torch::Tensor& gradient, torch::Tensor& weights,
                      torch::Tensor& first_moment, torch::Tensor& second_moment) {
    const auto t = static_cast<double>(step.number);
    first_moment.mul_(step.beta1).add_(gradient, 1 - step.beta1);
    second_moment.mul_(step.beta2).addcmul_(gradient, gradient, 1 - step.beta2);
    const torch::Tensor spread = (second_moment / (1 - std::pow(step.beta2, t))).sqrt_().add_(1e-8);
    weights.addcdiv_(first_moment, spread, -step.rate / (1 - std::pow(step.beta1, t)));
}

/// How much of a moving average of the weights stays: a young one forgets its start faster.
inline double kept_of_average(double decay, int64_t number) {
    const auto t = static_cast<double>(number);
    return std::min(decay, (1 + t) / (10 + t));
}

}  // namespace drift
