// Plug-and-play: the point between the denoised prediction D and the observation, guidance.md 1.6.3,
//
//     argmin_x f(x) or x ~ exp(-f),   f(x) = |x - D|^2 / (2 r^2) - log p(y | x).
//
// With S = sigma_y^2 I + r^2 A A^T, a linear measurement has argmin D + r^2 A^T S^{-1} (y - A D), and the draw is the
// same for a D and a y that were shaken with their own noise: D + u + r^2 A^T S^{-1} (y + v - A (D + u)).

#include "core/twist.h"

#include <cmath>

namespace drift {
namespace {

constexpr int64_t draws_per_step = 1 << 12;  // numbers of this many normal vectors belong to one state

class Proximal : public Twist {
public:
    Proximal(const Problem& problem, const ProximalOptions& options)
        : prior_(problem.prior), condition_(problem.condition), options_(options) {
        if (options_.spread <= 0) {
            options_.spread = prior_->data_variance();
        }
    }

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        prior_->denoise_into(x, sigma, out.denoised);
        out.log_twist.copy_(condition_->log_likelihood(out.denoised));
        out.pull.copy_(shift(out, proximal_variance(sigma)).view_as(x));
    }
    bool has_density() const override { return false; }

protected:
    /// What leads from out.denoised to the wanted point.
    virtual torch::Tensor shift(const Evaluation& out, double variance) const = 0;

    /// Standard normal numbers like `shape`, the `index`-th of the state.
    static torch::Tensor normals(const Evaluation& out, const torch::Tensor& shape, int64_t index) {
        torch::Tensor z = torch::empty_like(shape);
        out.random.fill_normals(z, kernels::Purpose::Move, out.step * draws_per_step + index);
        return z;
    }

    const Condition& condition() const { return *condition_; }
    const ProximalOptions& options() const { return options_; }

private:
    /// r^2
    double proximal_variance(double sigma) const {
        return options_.lambda > 0 ? sigma * sigma / options_.lambda : denoised_variance(sigma, options_.spread);
    }

    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    ProximalOptions options_;
};

class LinearProximal final : public Proximal {
public:
    using Proximal::Proximal;

private:
    torch::Tensor shift(const Evaluation& out, double variance) const override {
        const LinearGaussian& measurement = *condition().linear();
        const double noise_squared = measurement.noise * measurement.noise;
        torch::Tensor start = out.denoised.flatten(1);
        torch::Tensor moved = torch::zeros_like(start);
        torch::Tensor y = measurement.y;
        if (options().draw) {
            moved = normals(out, start, 0).mul_(std::sqrt(variance));
            start = start + moved;
            y = y + normals(out, measurement.A->forward(start), 1).mul_(measurement.noise);
        }
        const torch::Tensor e = y - measurement.A->forward(start);
        return moved.add_(measurement.A->adjoint(measurement.A->solve(e, noise_squared, variance)), variance);
    }
};

/// Any likelihood or reward with a gradient, by a fixed number of inner steps that start at D.
class SearchedProximal final : public Proximal {
public:
    using Proximal::Proximal;

private:
    torch::Tensor shift(const Evaluation& out, double variance) const override {
        torch::Tensor x = out.denoised.clone();
        if (options().draw) {
            walk(out, variance, x);
        } else {
            descend(out, variance, x);
        }
        return x - out.denoised;
    }

    torch::Tensor gradient(const Evaluation& out, double variance, const torch::Tensor& x) const {
        return (x - out.denoised).div_(variance).sub_(condition().gradient(x).view_as(x));
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

std::shared_ptr<const Twist> proximal_twist(const Problem& problem, const ProximalOptions& options) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    if (problem.condition->linear() != nullptr) {
        return std::make_shared<const LinearProximal>(problem, options);
    }
    return std::make_shared<const SearchedProximal>(problem, options);
}

}  // namespace drift
