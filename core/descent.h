// Adam (Kingma and Ba 2015) on every row by itself: what one particle's search comes to depends on no other.
#pragma once

#include "core/torch.h"

#include <cstdint>
#include <functional>
#include <utility>

namespace drift {

struct DescentOptions {
    int64_t steps = 500;  // at most
    double rate = 1e-2;   // length of a step along each coordinate
    double least = 1e-6;  // a row rests for good once a step changes its value by less
};

/// x [n, ...] -> value [n] float64 and its gradient like x.
using Objective = std::function<std::pair<torch::Tensor, torch::Tensor>(const torch::Tensor& x)>;

/// Takes x to where `objective` is small.
void descend(const Objective& objective, const DescentOptions& options, torch::Tensor& x);

}  // namespace drift
