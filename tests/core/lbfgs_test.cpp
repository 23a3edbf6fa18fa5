#include "core/lbfgs.h"

#include <gtest/gtest.h>
#include <torch/types.h>  // nested lists in torch::tensor

namespace drift {
namespace {

/// Rosenbrock's valley, (1 - a)^2 + 100 (b - a^2)^2 for every row.
RowValues valley(const torch::Tensor& x) {
    const torch::Tensor a = x.select(1, 0), b = x.select(1, 1);
    const torch::Tensor bend = b - a.square();
    return {(1 - a).square() + 100 * bend.square(), at::stack({-2 * (1 - a) - 400 * a * bend, 200 * bend}, 1)};
}

torch::Tensor starts() {
    return torch::tensor({{-1.2, 1.0}, {0.0, 0.0}, {3.0, -2.0}, {1.0, 1.0}}, torch::kFloat64);
}

LbfgsOptions patient() {
    LbfgsOptions options;
    options.steps = 80;
    options.first_length = 1e-2;
    return options;
}

TEST(Lbfgs, FindsTheBottomOfACurvedValleyFromEveryStart) {
    const torch::Tensor found = minimise_rows(valley, starts(), patient());
    EXPECT_LT((found - 1).abs().max().item<double>(), 1e-7);
    EXPECT_LT(valley(found).gradient.abs().max().item<double>(), 1e-6);
}

TEST(Lbfgs, TreatsEveryRowAlone) {
    LbfgsOptions few = patient();
    few.steps = 15;
    const torch::Tensor together = minimise_rows(valley, starts(), few);
    for (int64_t i = 0; i < starts().size(0); ++i) {
        const torch::Tensor alone = minimise_rows(valley, starts().slice(0, i, i + 1), few);
        EXPECT_TRUE(torch::equal(alone[0], together[i])) << i;
    }
}

TEST(Lbfgs, NeverGoesUp) {
    torch::Tensor before = valley(starts()).value;
    for (int64_t steps = 1; steps < 20; ++steps) {
        LbfgsOptions options = patient();
        options.steps = steps;
        options.first_length = 10;  // far too long: the line search has to see to it
        const torch::Tensor value = valley(minimise_rows(valley, starts(), options)).value;
        EXPECT_TRUE(value.le(before + 1e-12).all().item<bool>()) << steps;
        before = value;
    }
}

TEST(Lbfgs, LeavesRowsThatAreNotFiniteWhereTheyAre) {
    torch::Tensor x = starts();
    x[1][0] = std::numeric_limits<double>::quiet_NaN();
    const torch::Tensor found = minimise_rows(valley, x, patient());
    EXPECT_TRUE(found[1][0].isnan().item<bool>());
    EXPECT_LT((found[0] - 1).abs().max().item<double>(), 1e-7);
}

}  // namespace
}  // namespace drift
