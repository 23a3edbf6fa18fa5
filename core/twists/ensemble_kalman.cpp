// The covariance of an ensemble in place of gradients. Everything is summed in float64 on the host, particle by
// particle and in order, so that it is the same for any number of threads.

#include "core/measured.h"
#include "core/twists/gradient_free.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

/// Multiplications that are worth a thread.
constexpr int64_t work_per_thread = 1 << 16;
/// Values of y up to which each particle has a matrix of its own, of which so many numbers are held at once.
constexpr int64_t most_reweighted = 64, numbers_at_once = 1 << 20;
/// Of the noise, so that there is something to decompose where no particle is finite.
constexpr double least_variance = 1e-300;

int64_t rows_per_thread(int64_t work_per_row) {
    return std::max<int64_t>(1, work_per_thread / std::max<int64_t>(1, work_per_row));
}

/// a^T b [p, q] of rows a [n, p] and b [n, q].
torch::Tensor summed_products(const torch::Tensor& a, const torch::Tensor& b) {
    const int64_t n = a.size(0), p = a.size(1), q = b.size(1);
    torch::Tensor result = torch::zeros({p, q}, torch::kFloat64);
    const auto* left = a.const_data_ptr<double>();
    const auto* right = b.const_data_ptr<double>();
    auto* sums = result.mutable_data_ptr<double>();
    at::parallel_for(0, p, rows_per_thread(n * q), [&](int64_t begin, int64_t end) {
        for (int64_t i = 0; i < n; ++i) {
            for (int64_t row = begin; row < end; ++row) {
                const double factor = left[i * p + row];
                for (int64_t column = 0; column < q; ++column) {
                    sums[row * q + column] += factor * right[i * q + column];
                }
            }
        }
    });
    return result;
}

/// a b [n, q] of rows a [n, p] and a matrix b [p, q].
torch::Tensor rows_times(const torch::Tensor& a, const torch::Tensor& b) {
    const int64_t n = a.size(0), p = a.size(1), q = b.size(1);
    torch::Tensor result = torch::zeros({n, q}, torch::kFloat64);
    const auto* left = a.const_data_ptr<double>();
    const auto* right = b.const_data_ptr<double>();
    auto* rows = result.mutable_data_ptr<double>();
    at::parallel_for(0, n, rows_per_thread(p * q), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            for (int64_t k = 0; k < p; ++k) {
                for (int64_t column = 0; column < q; ++column) {
                    rows[i * q + column] += left[i * p + k] * right[k * q + column];
                }
            }
        }
    });
    return result;
}

/// Rows of an ensemble about their mean.
struct Ensemble {
    Ensemble(const torch::Tensor& denoised, const torch::Tensor& images)
        : finite((at::isfinite(denoised).all(1, true) & at::isfinite(images).all(1, true)).to(torch::kFloat64)),
          count(std::max(1.0, summed_products(finite, finite).item<double>())),
          d(centred(denoised)),
          u(centred(images)) {}

    /// A particle that is not finite is left out: the others do not go with it.
    torch::Tensor centred(const torch::Tensor& rows) const {
        const torch::Tensor known = at::where(finite > 0, rows, torch::zeros_like(rows)).contiguous();
        const torch::Tensor mean = summed_products(finite, known) / count;
        return (known - mean).mul_(finite);
    }

    /// The mean of finite particles, counted from the least on: what all have in common is kept to the last digit.
    torch::Tensor mean(const torch::Tensor& rows) const {
        const torch::Tensor known = at::nan_to_num(rows, 0.0, 0.0, 0.0);
        const torch::Tensor least = known.amin(0);
        return summed_products(finite, (known - least).contiguous()).div_(count).add_(least).squeeze(0);
    }

    torch::Tensor finite;  // [n, 1] 1 or 0
    double count = 1;
    torch::Tensor d;  // [n, d] D
    torch::Tensor u;  // [n, m] h(D)
};

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
        const torch::Tensor denoised = on_host(out.denoised.flatten(1));
        const torch::Tensor u = on_host(images);
        const torch::Tensor y = on_host(measurement.y);
        torch::Tensor pull = torch::empty_like(denoised);
        const int64_t n = x.size(0);
        const int64_t groups = options_.ensemble > 0 ? std::max<int64_t>(1, n / options_.ensemble) : 1;
        for (int64_t g = 0; g < groups; ++g) {
            const int64_t begin = g * n / groups, end = (g + 1) * n / groups;
            const Ensemble ensemble(denoised.slice(0, begin, end), u.slice(0, begin, end));
            const torch::Tensor part = u.slice(0, begin, end);
            pull.slice(0, begin, end)
                .copy_(options_.gain ? gain_shift(ensemble, y, part, sigma) : norm_shift(ensemble, y, part));
        }
        out.pull.copy_(pull.view_as(x));
    }
    bool has_density() const override { return false; }

private:
    static torch::Tensor on_host(const torch::Tensor& tensor) {
        return tensor.to(torch::kCPU, torch::kFloat64).contiguous();
    }
    const NoiseModel& noise() const { return *condition_->measured()->noise; }

    /// C_du (S + C_uu)^{-1} (y - u), where S and the place of y are those of the Gaussian that stands for the noise.
    torch::Tensor gain_shift(const Ensemble& ensemble, const torch::Tensor& y, const torch::Tensor& u,
                             double sigma) const {
        const torch::Tensor squares = ensemble.d.square().mean(1, true);
        const double size = summed_products(ensemble.finite, squares).item<double>();  // sum_i |D_i - mean D|^2 / d
        const double scale = size > 0 ? denoised_variance(sigma, options_.spread) / size : 0;
        const torch::Tensor shared = summed_products(ensemble.u, ensemble.d).mul_(scale);  // C_ud
        const torch::Tensor images = summed_products(ensemble.u, ensemble.u).mul_(scale);  // C_uu
        const torch::Tensor variances = noise().proxy_variance(y, u);                      // S of each particle
        const torch::Tensor same = at::logical_or(variances == variances[0], ensemble.finite == 0);
        if (y.size(0) <= most_reweighted && !same.all().item<bool>()) {
            return rows_times(reweighted(images, y, u), shared);
        }
        // The little that is added keeps rounding from making a matrix of many rows indefinite.
        const torch::Tensor noise_squared = ensemble.mean(variances).clamp_min(least_variance);
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
