// The covariance of an ensemble in place of gradients.

#include "core/measured.h"
#include "core/twists/ensemble_moments.h"
#include "core/twists/gradient_free.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

/// Values of y up to which each particle has a matrix of its own, of which so many numbers are held at once.
constexpr int64_t most_reweighted = 64, numbers_at_once = 1 << 20;
/// Of the noise, so that there is something to decompose where no particle is finite.
constexpr double least_variance = 1e-300;

class EnsembleKalman final : public Twist {
public:
    EnsembleKalman(const Problem& problem, const EnsembleOptions& options)
        : prior_(problem.prior), condition_(problem.condition), options_(options) {
        if (options_.spread <= 0) {
            options_.spread = prior_->data_variance();
        }
    }

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        const Measured& measurement = *condition_->measured();
        prior_->denoise_into(x, sigma, out.denoised);
        const torch::Tensor images = measurement.h->forward(out.denoised.flatten(1));  // h may be dear: once
        out.log_twist.copy_(measurement.noise->log_density(measurement.y, images));
        const torch::Tensor denoised = out.denoised.flatten(1).cpu();
        const torch::Tensor u = images.to(denoised.options());
        const torch::Tensor y = measurement.y.to(torch::kCPU, torch::kFloat64).contiguous();
        torch::Tensor pull = out.pull.view({x.size(0), -1});
        const int64_t n = x.size(0);
        const int64_t groups = options_.ensemble > 0 ? std::max<int64_t>(1, n / options_.ensemble) : 1;
        for (int64_t g = 0; g < groups; ++g) {
            const int64_t begin = g * n / groups, end = (g + 1) * n / groups;
            const Ensemble ensemble(denoised.slice(0, begin, end), u.slice(0, begin, end));
            const torch::Tensor part = u.slice(0, begin, end).to(torch::kFloat64);
            pull.slice(0, begin, end)
                .copy_(options_.gain ? gain_shift(ensemble, y, part, sigma) : norm_shift(ensemble, y, part));
        }
    }
    bool has_density() const override { return false; }

private:
    const NoiseModel& noise() const { return *condition_->measured()->noise; }

    /// C_du (S + C_uu)^{-1} (y - u), where S and the place of y are those of the Gaussian that stands for the noise.
    torch::Tensor gain_shift(const Ensemble& ensemble, const torch::Tensor& y, const torch::Tensor& u,
                             double sigma) const {
        const double size = sum_of_squares(ensemble.d) / static_cast<double>(ensemble.d.size(1));
        const double scale = size > 0 ? denoised_variance(sigma, options_.spread) / size : 0;
        const torch::Tensor shared = summed_products(ensemble.u, ensemble.d).mul_(scale);  // C_ud
        const torch::Tensor images = summed_products(ensemble.u, ensemble.u).mul_(scale);  // C_uu
        const torch::Tensor variances = noise().proxy_variance(y, u);                      // S of each particle
        const std::optional<torch::Tensor> same = ensemble.shared_row(variances);
        if (y.size(0) <= most_reweighted && !same) {
            return rows_times(reweighted(images, y, u), shared);
        }
        // The little that is added keeps rounding from making a matrix of many rows indefinite.
        const torch::Tensor noise_squared = (same ? *same : ensemble.mean(variances)).clamp_min(least_variance);
        const torch::Tensor total = images.clone();
        total.diagonal().add_(noise_squared + rounding(images));
        const torch::Tensor e = (noise().middle(y) - u).contiguous();
        return rows_times(e, at::cholesky_solve(shared, at::linalg_cholesky(total)).contiguous());
    }

    static double rounding(const torch::Tensor& images) { return 1e-13 * images.diagonal().sum().item<double>(); }

    /// (S_i + C_uu)^{-1} (y - u_i) of each particle with the S_i at the point where that leads, found by weighing
    /// again: noise with heavy tails is normal of a variance that depends on the error of each value, which is another
    /// for every particle. D + C_du times this is then the best point near D in the metric of the ensemble, as in
    /// plug-and-play (guidance.md 1.8).
    torch::Tensor reweighted(const torch::Tensor& images, const torch::Tensor& y, const torch::Tensor& u) const {
        const int64_t m = y.size(0);
        torch::Tensor moved = torch::empty_like(u);
        const int64_t rows = std::max<int64_t>(1, numbers_at_once / (m * m));
        const double least = rounding(images) + least_variance;
        for (int64_t first = 0; first < u.size(0); first += rows) {
            const int64_t end = std::min(first + rows, u.size(0));
            const torch::Tensor start = at::nan_to_num(u.slice(0, first, end), 0.0, 0.0, 0.0).contiguous();
            torch::Tensor place = start;
            for (int i = 0; i < proxy_reweightings; ++i) {
                const torch::Tensor total = at::diag_embed(noise().proxy_variance(y, place) + least) + images;
                moved.slice(0, first, end)
                    .copy_(at::linalg_solve(total, (noise().middle(y) - start).unsqueeze(2)).squeeze(2));
                place = start + rows_times(moved.slice(0, first, end).contiguous(), images);
            }
        }
        return moved;
    }

    /// Cov(D, u) grad_u log p(y | u) / |G|_F, where |G|_F^2 = mean_i g_i . Cov(u, u) g_i.
    torch::Tensor norm_shift(const Ensemble& ensemble, const torch::Tensor& y, const torch::Tensor& u) const {
        const torch::Tensor g = noise().gradient(y, u).contiguous();
        const torch::Tensor known = at::where(ensemble.finite > 0, g, torch::zeros_like(g));
        const torch::Tensor images = rows_times(known, summed_products(ensemble.u, ensemble.u).div_(ensemble.count));
        const torch::Tensor each = (known * images).sum(1, true);
        const double norm = std::sqrt(summed_products(ensemble.finite, each).item<double>() / ensemble.count);
        const torch::Tensor shift = rows_times(g, summed_products(ensemble.u, ensemble.d).div_(ensemble.count));
        return norm > 0 ? shift / norm : torch::zeros_like(shift);
    }

    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    EnsembleOptions options_;
};

}  // namespace

std::shared_ptr<const Twist> ensemble_twist(const Problem& problem, const EnsembleOptions& options) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    if (problem.condition->measured() == nullptr) {
        throw UserError(
            "'sampler.type' is ensemble_kalman, which needs a measurement y of h(x), and this condition predicts none: "
            "accepted are linear_gaussian, nonlinear, phase_retrieval, inpainting, super_resolution and blur, with any "
            "noise");
    }
    return std::make_shared<const EnsembleKalman>(problem, options);
}

}  // namespace drift
