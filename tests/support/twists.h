// Twists at work on a few particles, for the tests of twists and of what is built from them.
#pragma once

#include "core/reverse_move.h"
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

/// A step from x with what was evaluated there.
inline ReverseMove move_from(const torch::Tensor& x, const Evaluation& at_x) {
    ReverseMove move;
    move.c = 0.6;
    move.tau = 0.2;
    move.shift_scale = 0.9;
    move.noise = {5, kernels::Purpose::Proposal, 3};
    move.x = x;
    move.denoised = at_x.denoised;
    move.pull = at_x.pull;
    move.next = torch::empty_like(x);
    return move;
}

/// Where the step leads when it is taken by itself.
inline torch::Tensor taken(ReverseMove move) {
    move.next = torch::empty_like(move.x);
    take(move);
    return move.next;
}

inline double largest(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

}  // namespace drift::test
