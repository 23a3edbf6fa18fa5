// Plug-and-play: the point between the denoised prediction D and the observation, guidance.md 1.6.3,
//
//     argmin_x f(x) or x ~ exp(-f),   f(x) = |x - D|^2 / (2 r^2) - log p(y | x).
//
// With S = sigma_y^2 I + r^2 A A^T, a linear measurement has argmin D + r^2 A^T S^{-1} (y - A D), and the draw is the
// same for a D and a y that were shaken with their own noise: D + u + r^2 A^T S^{-1} (y + v - A (D + u)).

#include "core/twists/proximal_step.h"

#include <cmath>

namespace drift {
namespace {

constexpr int64_t draws_per_step = 1 << 12;  // numbers of this many normal vectors belong to one state

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

}  // namespace

Proximal::Proximal(const Problem& problem, const ProximalOptions& options)
    : prior_(problem.prior), condition_(problem.condition), options_(options) {
    if (options_.spread <= 0) {
        options_.spread = prior_->data_variance();
    }
}

void Proximal::evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const {
    prior_->denoise_into(x, sigma, out.denoised);
    out.log_twist.copy_(condition_->log_likelihood(out.denoised));
    out.pull.copy_(shift(out, proximal_variance(sigma)).view_as(x));
}

torch::Tensor Proximal::normals(const Evaluation& out, const torch::Tensor& shape, int64_t index) {
    torch::Tensor z = torch::empty_like(shape);
    out.random.fill_normals(z, kernels::Purpose::Move, out.step * draws_per_step + index);
    return z;
}

double Proximal::proximal_variance(double sigma) const {
    return options_.lambda > 0 ? sigma * sigma / options_.lambda : denoised_variance(sigma, options_.spread);
}

std::shared_ptr<const Twist> proximal_twist(const Problem& problem, const ProximalOptions& options) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    if (problem.condition->linear() != nullptr) {
        return std::make_shared<const LinearProximal>(problem, options);
    }
    if (auto twist = measured_proximal(problem, options)) {
        return twist;
    }
    return searched_proximal(problem, options);
}

}  // namespace drift
