// Plug-and-play: the point between the denoised prediction D and the observation, guidance.md 1.6.3,
//
//     argmin_x f(x) or x ~ exp(-f),   f(x) = |x - D|^2 / (2 r^2) - log p(y | x).
//
// With S = sigma_y^2 I + r^2 A A^T, a linear measurement has argmin D + r^2 A^T S^{-1} (y - A D), and the draw is the
// same for a D and a y that were shaken with their own noise: D + u + r^2 A^T S^{-1} (y + v - A (D + u)).

#include "core/draws.h"
#include "core/stability.h"
#include "core/twists/gain.h"
#include "core/twists/proximal_step.h"

#include <cmath>

namespace drift {
namespace {

/// r^2
double proximal_variance(const ProximalOptions& options, double sigma) {
    return options.lambda > 0 ? sigma * sigma / options.lambda : denoised_variance(sigma, options.spread);
}

ProximalOptions with_spread(const Prior& prior, ProximalOptions options) {
    if (options.spread <= 0) {
        options.spread = prior.data_variance();
    }
    return options;
}

/// The share of the way to y that D goes at noise sigma; `gain` as in share_of_way.
double proximal_share(const ProximalOptions& options, double noise, double sigma, double gain) {
    return share_of_way(noise * noise, proximal_variance(options, sigma), gain);
}

class LinearProximal final : public Proximal {
public:
    using Proximal::Proximal;

    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        return j * proximal_share(options(), condition().linear()->noise, sigma, gain);
    }

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

/// The same for a mixture under few values, in a pass with the denoiser.
std::shared_ptr<const Twist> fused_proximal(const Problem& problem, const ProximalOptions& given) {
    const ProximalOptions options = with_spread(*problem.prior, given);
    const LinearGaussian& measurement = *problem.condition->linear();
    const auto exact = dense_operator(measurement.A->matrix());  // decomposed once
    const double noise_squared = measurement.noise * measurement.noise;
    return gain_twist(
        problem,
        [options, exact, noise_squared](double sigma) {
            const double variance = proximal_variance(options, sigma);
            return Gain{gain_of(*exact, noise_squared, variance).mul(variance), options.draw ? std::sqrt(variance) : 0};
        },
        [options, noise = measurement.noise](double sigma, double gain) {
            return proximal_share(options, noise, sigma, gain);
        });
}

}  // namespace

Proximal::Proximal(const Problem& problem, const ProximalOptions& options)
    : prior_(problem.prior), condition_(problem.condition), options_(with_spread(*problem.prior, options)) {}

void Proximal::evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const {
    prior_->denoise_into(x, sigma, out.denoised);
    out.pull.copy_(shift(out, proximal_variance(options_, sigma)).view_as(x));
}

torch::Tensor Proximal::normals(const Evaluation& out, const torch::Tensor& shape, int64_t index) {
    torch::Tensor z = torch::empty_like(shape);
    out.random.fill_normals(z, kernels::Purpose::Move, out.step * draws_per_state + index);
    return z;
}

std::shared_ptr<const Twist> proximal_twist(const Problem& problem, const ProximalOptions& options) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    if (closed_form_twist(problem)) {
        return fused_proximal(problem, options);
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
