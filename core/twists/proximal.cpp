// Plug-and-play: the point between the denoised prediction D and the observation, guidance.md 1.6.3,
//
//     argmin_x f(x) or x ~ exp(-f),   f(x) = |x - D|^2 / (2 r^2) - log p(y | x).
//
// With S = sigma_y^2 I + r^2 A A^T, a linear measurement has argmin D + K (y - A D), K = r^2 A^T S^{-1}, and the draw
// is the same for a D and a y that were shaken with their own noise: D + u + K (y + v - A (D + u)). Where the roots of
// S are at hand, D + K (y - A D) + r (z - G A z) with G = r^2 A^T (S + sigma_y S^{1/2})^{-1} has the same law at fewer
// random numbers: (I - G A)(I - G A)^T = I - K A.

#include "core/draws.h"
#include "core/publish.h"
#include "core/stability.h"
#include "core/twists/gain.h"
#include "core/twists/proximal_step.h"

#include <algorithm>
#include <cmath>
#include <vector>

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

/// K and G by the axes of A A^T, decomposed once.
class MeasuredAxes {
public:
    explicit MeasuredAxes(const LinearGaussian& measurement) : noise_(measurement.noise) {
        const torch::Tensor matrix = measurement.A->matrix();
        const auto [gains, axes] = at::linalg_eigh(matrix.matmul(matrix.t()));
        gains_ = to_doubles(gains.clamp_min(0));
        const torch::Tensor parts = matrix.t().matmul(axes).t().unsqueeze(2) * axes.t().unsqueeze(1);  // [m, d, m]
        size_ = {matrix.size(1), matrix.size(0)};
        parts_ = to_doubles(parts);
    }

    Gain gain(double variance, bool draw) const {
        const double noise_squared = noise_ * noise_;
        Gain gain{sum([&](double s) { return variance / s; }, variance)};
        if (draw) {
            gain.spread = std::sqrt(variance);
            gain.of_draw = sum([&](double s) { return variance / (s + std::sqrt(s * noise_squared)); }, variance);
        }
        return gain;
    }

private:
    /// A^T f(S) [d, m]. It is asked at every step, for a few numbers: LibTorch would take longer to begin.
    template <class Function>
    torch::Tensor sum(const Function& of, double variance) const {
        torch::Tensor total = torch::empty(size_, torch::kFloat64);
        auto* number = total.mutable_data_ptr<double>();
        const auto numbers = static_cast<size_t>(total.numel());
        std::fill(number, number + numbers, 0.0);
        for (size_t axis = 0; axis < gains_.size(); ++axis) {
            const double value = of(noise_ * noise_ + variance * gains_[axis]);
            for (size_t i = 0; i < numbers; ++i) {
                number[i] += value * parts_[axis * numbers + i];
            }
        }
        return total;
    }

    double noise_;
    std::vector<int64_t> size_;  // d, m
    std::vector<double> gains_;  // [m] eigenvalues of A A^T
    std::vector<double> parts_;  // [m, d, m] A^T q q^T of each axis q
};

/// The same for a mixture under few values, in a pass with the denoiser.
std::shared_ptr<const Twist> fused_proximal(const Problem& problem, const ProximalOptions& given) {
    const ProximalOptions options = with_spread(*problem.prior, given);
    const LinearGaussian& measurement = *problem.condition->linear();
    return gain_twist(
        problem,
        [options, axes = MeasuredAxes(measurement)](double sigma) {
            return axes.gain(proximal_variance(options, sigma), options.draw);
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
