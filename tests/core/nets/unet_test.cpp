#include "core/nets/unet.h"

#include "core/nets/edm.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

namespace drift {
namespace {

Unet small_unet(torch::ScalarType type) {
    Unet net({.image = 8, .width = 8, .deep_width = 16, .embedding = 8, .classes = 3, .heads = 2, .groups = 4});
    net.parameters().bind(net.parameters().initial_values(5).to(type) * 2);
    return net;
}

torch::Tensor pattern(const std::vector<int64_t>& shape, torch::ScalarType type) {
    const int64_t count = c10::multiply_integers(shape);
    return torch::sin(torch::arange(count, type) * 0.7).reshape(shape);
}

TEST(EdmScaling, FollowsTheFormulasOfTheSpecification) {
    const EdmScaling s = edm_scaling(2, 0.25);
    EXPECT_NEAR(s.c_skip, 0.25 / 4.25, 1e-15);
    EXPECT_NEAR(s.c_out, 2 * 0.5 / std::sqrt(4.25), 1e-15);
    EXPECT_NEAR(s.c_in, 1 / std::sqrt(4.25), 1e-15);
    EXPECT_NEAR(s.c_noise, std::log(2) / 4, 1e-15);
}

TEST(EdmScaling, LeavesCleanPicturesAlone) {
    const EdmScaling s = edm_scaling(1e-9, 0.3);
    EXPECT_NEAR(s.c_skip, 1, 1e-12);
    EXPECT_NEAR(s.c_out, 0, 1e-8);
}

TEST(Unet, GradientOfTheInputMatchesFiniteDifferences) {
    const Unet net = small_unet(torch::kFloat64);
    const torch::Tensor noise = torch::tensor({0.1, -0.4}, torch::kFloat64);
    const torch::Tensor labels = torch::tensor({1, 3}, torch::kInt64);
    const torch::Tensor x = pattern({2, 1, 8, 8}, torch::kFloat64).set_requires_grad(true);
    const torch::Tensor w = torch::cos(pattern({2, 1, 8, 8}, torch::kFloat64) * 3);
    const torch::Tensor gradient = torch::autograd::grad({net.forward(x, noise, labels)}, {x}, {w})[0];
    at::NoGradGuard no_gradients;
    const torch::Tensor direction = torch::cos(torch::arange(128, torch::kFloat64)).view_as(x);
    const double h = 1e-5;
    const torch::Tensor change =
        (net.forward(x + h * direction, noise, labels) - net.forward(x - h * direction, noise, labels)) / (2 * h);
    EXPECT_NEAR((gradient * direction).sum().item<double>(), (change * w).sum().item<double>(), 1e-6);
}

TEST(Unet, TreatsEveryPictureAlone) {
    const Unet net = small_unet(torch::kFloat32);
    const torch::Tensor x = pattern({5, 1, 8, 8}, torch::kFloat32);
    const torch::Tensor noise = torch::linspace(-1, 1, 5);
    const torch::Tensor labels = torch::tensor({0, 1, 2, 3, 0}, torch::kInt64);
    at::NoGradGuard no_gradients;
    const torch::Tensor all = net.forward(x, noise, labels);
    for (int64_t i = 0; i < 5; ++i) {
        const torch::Tensor one = net.forward(x.narrow(0, i, 1), noise.narrow(0, i, 1), labels.narrow(0, i, 1));
        EXPECT_LT((one - all.narrow(0, i, 1)).abs().max().item<double>(), 1e-5);
    }
}

TEST(Unet, HearsItsLabelAndItsNoiseLevel) {
    const Unet net = small_unet(torch::kFloat32);
    const torch::Tensor x = pattern({1, 1, 8, 8}, torch::kFloat32);
    const torch::Tensor zero = torch::zeros({1}, torch::kInt64);
    at::NoGradGuard no_gradients;
    const torch::Tensor base = net.forward(x, torch::zeros({1}), zero);
    EXPECT_GT((net.forward(x, torch::zeros({1}), zero + 1) - base).abs().max().item<double>(), 1e-3);
    EXPECT_GT((net.forward(x, torch::ones({1}), zero) - base).abs().max().item<double>(), 1e-3);
}

}  // namespace
}  // namespace drift
