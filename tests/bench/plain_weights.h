// Log weights [n] in float64 and resampling by them, as one writes it in Python with LibTorch.
#pragma once

#include "core/torch.h"

namespace drift::bench {

inline double plain_ess(const torch::Tensor& log_weights) {
    return 1 / log_weights.softmax(0).square().sum().item<double>();
}

/// The parent of each particle.
inline torch::Tensor plain_systematic(const torch::Tensor& log_weights) {
    const int64_t n = log_weights.size(0);
    const torch::Tensor position =
        (torch::arange(n, torch::kFloat64) + torch::rand({1}, torch::kFloat64)) / static_cast<double>(n);
    return torch::searchsorted(log_weights.softmax(0).cumsum(0), position).clamp_max(n - 1);
}

}  // namespace drift::bench
