// Twists at work on a few particles, for the tests of twists and of what is built from them.
#pragma once

#include "core/twist.h"

namespace drift::test {

/// Buffers for particles like x.
inline Evaluation evaluation(const torch::Tensor& x) {
    return {torch::empty_like(x), torch::zeros_like(x), torch::empty({x.size(0)}, torch::kFloat64), {}};
}

inline Evaluation evaluate(const Twist& twist, const torch::Tensor& x, double sigma, const Random& random = {1}) {
    Evaluation out = evaluation(x);
    out.random = random;
    twist.evaluate(x, sigma, out);
    return out;
}

inline torch::Tensor cloud(int64_t n, int64_t d, double spread) {
    torch::Tensor x = torch::empty({n, d}, torch::kFloat64);
    Random{3}.fill_normals(x, kernels::Purpose::Problem, 0);
    return x * spread;
}

inline double largest(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

}  // namespace drift::test
