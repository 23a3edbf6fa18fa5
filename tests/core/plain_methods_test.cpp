// The plain LibTorch expressions that speeds are measured against sample what the program samples.
#include "bench/methods.h"
#include "core/run.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift {
namespace {

constexpr int64_t runs = 16, particles = 1000;

/// Weighted means over the particles of one run: of both coordinates, their products and the squared residual.
torch::Tensor moments(const torch::Tensor& x, const torch::Tensor& log_weights) {
    const torch::Tensor wide = x.to(torch::kFloat64);
    const torch::Tensor a = wide.select(1, 0), b = wide.select(1, 1);
    const torch::Tensor each = at::stack({a, b, a * a, b * b, a * b, (1.6 - a - .4 * b).square()}, 1);
    return log_weights.softmax(0).unsqueeze(1).mul(each).sum(0);
}

torch::Tensor moments_of_program(const bench::Method& method, int64_t seed) {
    Scenario scenario = bench::scenario_of(method, particles);
    scenario.schedule.params.set("steps", method.steps);
    scenario.seed = static_cast<uint64_t>(seed);
    Run run(scenario);
    while (!run.finished()) {
        run.advance();
    }
    const Samples samples = run.samples();
    return moments(torch::tensor(samples.values).view({particles, 2}), torch::tensor(samples.log_weights));
}

torch::Tensor moments_of_plain(const bench::Method& method, bench::PlainJacobian jacobian) {
    const bench::PlainRun run = method.plain({}, particles, jacobian);
    return moments(run.x, run.log_weights.defined() ? run.log_weights : torch::zeros({particles}, torch::kFloat64));
}

/// Means over runs agree within 4.5 standard errors.
void expect_the_same(const torch::Tensor& ours, const torch::Tensor& plain, const std::string& what) {
    const torch::Tensor variance = (ours.var(0) + plain.var(0)) / static_cast<double>(runs);
    const torch::Tensor off = (ours.mean(0) - plain.mean(0)) / (variance.sqrt() + 1e-9);  // the least is for rounding
    EXPECT_LT(off.abs().max().item<double>(), 4.5) << what << "\n" << at::stack({ours.mean(0), plain.mean(0), off});
}

TEST(PlainMethods, SampleWhatTheProgramSamples) {
    const torch::NoGradGuard no_gradients;
    torch::manual_seed(1);
    for (const bench::Method& method : bench::methods()) {
        if (method.steps == 0) {
            continue;
        }
        std::vector<torch::Tensor> ours, by_hand, by_autograd;
        for (int64_t i = 0; i < runs; ++i) {
            ours.push_back(moments_of_program(method, i + 1));
            by_hand.push_back(moments_of_plain(method, bench::PlainJacobian::ByHand));
            if (method.differentiates) {
                by_autograd.push_back(moments_of_plain(method, bench::PlainJacobian::Autograd));
            }
        }
        expect_the_same(at::stack(ours), at::stack(by_hand), std::string(method.name) + ", by hand");
        if (method.differentiates) {
            expect_the_same(at::stack(ours), at::stack(by_autograd), std::string(method.name) + ", autograd");
        }
    }
}

}  // namespace
}  // namespace drift
