// The network of trained samplers: its kernel against plain LibTorch, and both against autograd.
#include "core/nets/time_net.h"

#include "core/random.h"

#include "support/instruction_sets.h"

#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace drift {
namespace {

torch::Tensor normals(std::vector<int64_t> shape, uint64_t seed, torch::ScalarType type) {
    torch::Tensor values = torch::empty(shape, torch::TensorOptions(type));
    Random{seed}.fill_normals(values, kernels::Purpose::Problem, 0);
    return values;
}

TimeNet network(const TimeNetConfig& config, torch::ScalarType type) {
    TimeNet net(config);
    torch::Tensor weights = net.parameters().initial_values(3).to(type);
    weights += normals({1, weights.size(0)}, 4, type).flatten() * 0.1;
    net.bind(weights);
    return net;
}

struct Result {
    torch::Tensor out, gradient, at_rows, at_x;
};

/// Forward and back with a given gradient at the output.
Result result_of(const TimeNet& net, const torch::Tensor& times, const torch::Tensor& x, const torch::Tensor& at_out) {
    const at::NoGradGuard no_autograd;
    const TimeNet::Times embedded = net.embed(times);
    TimeNet::Tape tape;
    Result result;
    result.out = net.forward(embedded.rows, x, &tape);
    result.gradient = torch::zeros({net.parameters().count()}, x.options());
    result.at_rows = net.backward(tape, at_out, result.gradient, &result.at_x);
    net.backward_times(embedded, result.at_rows, result.gradient);
    return result;
}

double relative(const torch::Tensor& a, const torch::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

const std::vector<TimeNetConfig> configs{{2, 2, 64, 2, 64}, {3, 7, 32, 0, 4}, {33, 40, 96, 3, 16}, {1, 1, 16, 1, 2}};

TEST(TimeNet, EqualsAutograd) {
    for (const TimeNetConfig& config : configs) {
        TimeNet net = network(config, torch::kFloat64);
        const torch::Tensor times = torch::linspace(0.1, 0.9, 3, torch::kFloat64);
        torch::Tensor x = normals({3, 70, config.in}, 5, torch::kFloat64);
        const torch::Tensor at_out = normals({3, 70, config.out}, 6, torch::kFloat64);
        const Result ours = result_of(net, times, x, at_out);
        const torch::Tensor gradient = net.collect_gradients();
        const at::AutoGradMode with_gradients(true);
        x.set_requires_grad(true);
        const torch::Tensor out = net.forward(net.embed(times).rows, x, nullptr);
        EXPECT_LT(relative(ours.out, out), 1e-12);
        (out * at_out).sum().backward();
        EXPECT_LT(relative(ours.gradient, gradient), 1e-10);
        EXPECT_LT(relative(ours.at_x, x.grad()), 1e-10);
    }
}

TEST(TimeNet, ItsKernelEqualsPlainLibTorch) {
    for (const kernels::CpuVectors most : test::instruction_sets) {
        const test::LimitedVectors limited(most);
        for (const TimeNetConfig& config : configs) {
            TimeNet net = network(config, torch::kFloat32);
            const torch::Tensor times = torch::linspace(0.1, 0.9, 3, torch::kFloat32);
            for (const int64_t n : {1, 63, 130}) {
                const torch::Tensor x = normals({3, n, config.in}, 5, torch::kFloat32) * 2;
                const torch::Tensor at_out = normals({3, n, config.out}, 6, torch::kFloat32);
                const Result fused = result_of(net, times, x, at_out);
                net.allow_kernel(false);
                const Result plain = result_of(net, times, x, at_out);
                net.allow_kernel(true);
                EXPECT_LT(relative(fused.out, plain.out), 2e-6) << n;
                EXPECT_LT(relative(fused.gradient, plain.gradient), 5e-6) << n;
                EXPECT_LT(relative(fused.at_rows, plain.at_rows), 5e-6) << n;
                EXPECT_LT(relative(fused.at_x, plain.at_x), 5e-6) << n;
            }
        }
    }
}

TEST(TimeNet, KeepsWhatIsNotANumber) {
    TimeNet net = network({2, 2, 64, 2, 64}, torch::kFloat32);
    torch::Tensor x = torch::zeros({1, 3, 2});
    x[0][1][0] = std::numeric_limits<float>::quiet_NaN();
    x[0][2][1] = 1e30f;
    const torch::Tensor out = net.forward(net.embed(torch::zeros({1})).rows, x, nullptr);
    EXPECT_TRUE(out[0][0].isfinite().all().item<bool>());
    EXPECT_TRUE(out[0][1].isnan().all().item<bool>());
}

}  // namespace
}  // namespace drift
