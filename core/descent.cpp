#include "core/descent.h"

#include <cmath>

namespace drift {

void descend(const Objective& objective, const DescentOptions& options, torch::Tensor& x) {
    constexpr double beta1 = 0.9;
    constexpr double beta2 = 0.999;
    torch::Tensor first = torch::zeros_like(x);
    torch::Tensor second = torch::zeros_like(x);
    std::vector<int64_t> column(static_cast<size_t>(x.dim()), 1);
    column[0] = x.size(0);
    torch::Tensor moving = torch::ones(column, x.options());  // 1, and 0 for a row that rests
    torch::Tensor before;
    for (int64_t i = 1; i <= options.steps; ++i) {
        const auto [value, gradient] = objective(x);
        if (before.defined()) {
            moving.mul_((value - before).abs().lt(options.least).logical_not().view(column));
            if (moving.eq(0).all().item<bool>()) {
                return;
            }
        }
        before = value;
        first.mul_(beta1).add_(gradient, 1 - beta1);
        second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        const auto t = static_cast<double>(i);
        const double rate = options.rate / (1 - std::pow(beta1, t));
        const torch::Tensor scale = (second / (1 - std::pow(beta2, t))).sqrt_().add_(1e-8);
        x.addcdiv_(first * moving, scale, -rate);
    }
}

}  // namespace drift
