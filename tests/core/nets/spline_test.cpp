#include "core/nets/spline.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace drift {
namespace {

constexpr int64_t bins = 5;
constexpr double bound = 2;

Splines splines(int64_t n, double size) {
    const torch::Tensor phases = torch::arange(n * spline_numbers(bins), torch::kFloat64) * 1.7;
    return splines_of(phases.sin().view({n, spline_numbers(bins)}) * size, bins, bound);
}

torch::Tensor line(int64_t n) {
    return torch::linspace(-2.5, 2.5, n, torch::kFloat64);
}

TEST(Spline, IsTheIdentityForZeros) {
    const Bent bent = bend(splines(101, 0), line(101));
    EXPECT_LT((bent.value - line(101)).abs().max().item<double>(), 1e-12);
    EXPECT_LT(bent.log_slope.abs().max().item<double>(), 1e-12);
}

TEST(Spline, GoesBackWhereItCameFrom) {
    const Splines all = splines(401, 3);
    const Bent there = bend(all, line(401));
    const Bent back = bend_back(all, there.value);
    EXPECT_LT((back.value - line(401)).abs().max().item<double>(), 1e-9);
    EXPECT_LT((back.log_slope - there.log_slope).abs().max().item<double>(), 1e-7);
}

TEST(Spline, KnowsItsSlope) {
    const torch::Tensor x = line(401).set_requires_grad(true);
    const Bent bent = bend(splines(401, 2), x);
    const torch::Tensor slope = torch::autograd::grad({bent.value.sum()}, {x})[0];
    EXPECT_LT((slope.log() - bent.log_slope).abs().max().item<double>(), 1e-9);
    const torch::Tensor y = bent.value.detach().set_requires_grad(true);
    const torch::Tensor back = torch::autograd::grad({bend_back(splines(401, 2), y).value.sum()}, {y})[0];
    EXPECT_LT((back.log() + bent.log_slope).abs().max().item<double>(), 1e-6);
}

}  // namespace
}  // namespace drift
