// The point of a proximal step by a search, where f has a gradient and nothing more is known of it.

#include "core/lbfgs.h"
#include "core/twists/proximal_step.h"

#include <cmath>

namespace drift {
namespace {

class SearchedProximal final : public Proximal {
public:
    using Proximal::Proximal;

private:
    torch::Tensor shift(const Evaluation& out, double variance) const override {
        torch::Tensor x = out.denoised.clone();
        if (options().draw) {
            walk(out, variance, x);
        } else if (options().solver == InnerSolver::Lbfgs) {
            x = minimised(out, variance);
        } else {
            descend(out, variance, x);
        }
        return x - out.denoised;
    }

    torch::Tensor gradient(const Evaluation& out, double variance, const torch::Tensor& x) const {
        return (x - out.denoised).div_(variance).sub_(condition().gradient(x).view_as(x));
    }

    /// L-BFGS, whose first step is that of the prior's part alone.
    torch::Tensor minimised(const Evaluation& out, double variance) const {
        const auto f = [&](const torch::Tensor& rows) {
            const torch::Tensor x = rows.view_as(out.denoised);
            const torch::Tensor apart = (x - out.denoised).flatten(1).to(torch::kFloat64);
            const torch::Tensor value = apart.square().sum(1) / (2 * variance) - condition().log_likelihood(x);
            return RowValues{value, gradient(out, variance, x).flatten(1)};
        };
        LbfgsOptions lbfgs;
        lbfgs.steps = options().inner_steps;
        lbfgs.first_length = variance;
        return minimise_rows(f, out.denoised.flatten(1), lbfgs).view_as(out.denoised);
    }

    /// Adam, with steps in units of r.
    void descend(const Evaluation& out, double variance, torch::Tensor& x) const {
        constexpr double beta1 = 0.9;
        constexpr double beta2 = 0.99;
        torch::Tensor first = torch::zeros_like(x);
        torch::Tensor second = torch::zeros_like(x);
        for (int64_t i = 1; i <= options().inner_steps; ++i) {
            const torch::Tensor g = gradient(out, variance, x);
            first.mul_(beta1).add_(g, 1 - beta1);
            second.mul_(beta2).addcmul_(g, g, 1 - beta2);
            const auto t = static_cast<double>(i);
            const double rate = options().inner_rate * std::sqrt(variance) / (1 - std::pow(beta1, t));
            x.addcdiv_(first, (second / (1 - std::pow(beta2, t))).sqrt_().add_(1e-12), -rate);
        }
    }

    /// Unadjusted Langevin steps, whose length is a share of r^2.
    void walk(const Evaluation& out, double variance, torch::Tensor& x) const {
        const double length = options().inner_rate * variance;
        x.add_(normals(out, x, 0), std::sqrt(variance));
        for (int64_t i = 1; i <= options().inner_steps; ++i) {
            const torch::Tensor g = gradient(out, variance, x);
            x.sub_(g, length).add_(normals(out, x, i), std::sqrt(2 * length));
        }
    }
};

}  // namespace

std::shared_ptr<const Twist> searched_proximal(const Problem& problem, const ProximalOptions& options) {
    return std::make_shared<const SearchedProximal>(problem, options);
}

}  // namespace drift
