#include "core/nonlinear_operators.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace drift {
namespace {

torch::Tensor rows(int64_t n, int64_t d, double pace) {
    return torch::sin(torch::arange(n * d, torch::kFloat64) * pace + 0.2).view({n, d});
}

struct Case {
    std::string name;
    std::shared_ptr<const ForwardOperator> h;
};

std::vector<Case> cases() {
    return {{"magnitudes", magnitude_operator(rows(6, 5, 0.9))},
            {"Fourier magnitudes", fourier_magnitude_operator({1, 4, 5}, 2)},
            {"Fourier magnitudes in two channels, without a frame", fourier_magnitude_operator({2, 3, 4}, 1)},
            {"ranges", range_operator(rows(3, 5, 1.7))},
            {"product", product_operator(5)},
            {"tanh", response_operator(rows(3, 5, 0.9), Response::Tanh)},
            {"sine", response_operator(rows(3, 5, 0.9), Response::Sine)},
            {"square", response_operator(rows(3, 5, 0.9), Response::Square)}};
}

// v . (J w) by central differences of fourth order against (J^T v) . w.
TEST(NonlinearOperators, PullBackWhatTheyPushForward) {
    for (const Case& c : cases()) {
        const torch::Tensor x = rows(3, c.h->input_size(), 0.7);
        const torch::Tensor w = rows(3, c.h->input_size(), 1.1);
        const torch::Tensor v = rows(3, c.h->output_size(), 1.3);
        ASSERT_EQ(c.h->forward(x).sizes(), v.sizes()) << c.name;
        const auto difference = [&](double t) { return (c.h->forward(x + t * w) - c.h->forward(x - t * w)) / (2 * t); };
        const double t = 1e-3;
        const torch::Tensor left = (v * (4 * difference(t) - difference(2 * t)) / 3).sum(1);
        const torch::Tensor right = (c.h->pullback(x, v) * w).sum(1);
        EXPECT_GT(right.abs().max().item<double>(), 1e-2) << c.name << ": nothing is compared";
        EXPECT_LT((left - right).abs().max().item<double>(), 1e-8) << c.name;
    }
}

// Every frequency written out as a row of cosines and one of sines.
TEST(NonlinearOperators, FourierMagnitudesAreThoseOfTheWrittenOutTransform) {
    const int64_t height = 3, width = 4, tall = 6, wide = 8;
    std::vector<torch::Tensor> matrix;
    for (int64_t k = 0; k < tall; ++k) {
        for (int64_t l = 0; l <= wide / 2; ++l) {
            const torch::Tensor down =
                torch::arange(height, torch::kFloat64) * (2 * M_PI * static_cast<double>(k) / tall);
            const torch::Tensor right =
                torch::arange(width, torch::kFloat64) * (2 * M_PI * static_cast<double>(l) / wide);
            const torch::Tensor phase = (down.unsqueeze(1) + right.unsqueeze(0)).flatten();
            matrix.push_back(phase.cos() / std::sqrt(tall * wide));
            matrix.push_back(-phase.sin() / std::sqrt(tall * wide));
        }
    }
    const torch::Tensor x = rows(2, height * width, 0.7);
    const torch::Tensor expected = magnitude_operator(at::stack(matrix))->forward((x + 1) / 2);
    const torch::Tensor computed = fourier_magnitude_operator({1, height, width}, 2)->forward(x);
    EXPECT_LT((computed - expected).abs().max().item<double>(), 1e-12);
}

TEST(NonlinearOperators, HaveFiniteSlopesWhereTheyHaveAKink) {
    const torch::Tensor origin = torch::zeros({1, 2}, torch::kFloat64);
    const torch::Tensor one = torch::ones({1, 1}, torch::kFloat64);
    EXPECT_EQ(range_operator(origin)->pullback(origin, one).abs().max().item<double>(), 0);
    const auto magnitude = magnitude_operator(torch::eye(2, torch::kFloat64));
    EXPECT_EQ(magnitude->pullback(origin, one).abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace drift
