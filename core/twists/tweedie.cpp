// The covariance-corrected error model for any prior under a linear measurement of few values: the rows of A J by a
// backward pass of the denoiser each, and with them
//
//     S = sigma_y^2 I + sigma^2 A J A^T,   log psi = log N(y; A D, S),   pull = sigma^2 J^T A^T S^{-1} (y - A D).
//
// guidance.md 1.6.5. With its determinant, psi is a density in x, which weights need. The solve is that of mixtures,
// but the Jacobian of a network is not quite symmetric, nor are its eigenvalues all above 0.

#include "core/exec.h"
#include "core/nets/chunks.h"
#include "core/stability.h"
#include "core/twists/measured_rows.h"

#include <ATen/Dispatch.h>

#include <algorithm>

namespace drift {
namespace {

class TweedieTwist final : public Twist {
public:
    TweedieTwist(const Problem& problem, const TwistOptions& options)
        : prior_(problem.prior),
          options_(options),
          measured_(*problem.condition->linear()),
          directions_(measured_.matrix().to(problem.condition->linear()->y.options())),
          inverse_(at::linalg_pinv(measured_.matrix()).t().to(directions_.options()).contiguous()) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "tweedie_twist", [&] {
            torch::Tensor memory;
            const auto level = measured_.level<scalar_t>(options_, sigma, x, memory);
            // So many at a time that a network keeps what it computed forwards for all passes back.
            for (int64_t first = 0; first < x.size(0); first += most_kept) {
                const int64_t count = std::min(most_kept, x.size(0) - first);
                denoise_and_pull_back(x, sigma, first, count, out);
                kernels::linear_gaussian_twist(exec_on(x.device()), level, task<scalar_t>(first, count, out));
            }
        });
    }
    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        return slope_of_score(options_, measured_.noise(), sigma, j, gain);
    }

private:
    /// D of `count` particles from `first` on, and J^T A^T of them into the scratch, [count, m, d].
    void denoise_and_pull_back(const torch::Tensor& x, double sigma, int64_t first, int64_t count,
                               Evaluation& out) const {
        if (!out.scratch.defined()) {
            out.scratch =
                torch::empty({std::min(most_kept, x.size(0)), directions_.size(0), directions_.size(1)}, x.options());
        }
        const torch::Tensor part = x.narrow(0, first, count);
        const Linearised at_x = prior_->linearise(part, sigma);
        out.denoised.narrow(0, first, count).copy_(at_x.denoised);
        for (int64_t r = 0; r < directions_.size(0); ++r) {
            const torch::Tensor row = directions_[r].view(part.sizes().slice(1)).expand_as(part);
            out.scratch.narrow(0, 0, count).select(1, r).copy_(at_x.pullback(row).flatten(1));
        }
        keep_positive(out.scratch.narrow(0, 0, count));
    }

    /// Leaves of R = J A^T, rows [count, m, d], only what the symmetric part of A J A^T has eigenvalues of 0 or more
    /// for, P projecting on their vectors and M the matrix of these alone:
    ///
    ///     R' = P R + (M - P R A^T) A^+T,   so that R' A^T = M.
    ///
    /// Those of a covariance are, but a network is off by sigma^2 times its error in J, which early on is more than
    /// sigma_y^2: a factor of S whose pivots are merely kept above sigma_y^2 has no bound on its inverse then, and no
    /// particle survives that. P alone would not do, as it leaves the part of A J A^T that is not symmetric.
    void keep_positive(const torch::Tensor& rows) const {
        const torch::Tensor products = at::nan_to_num(rows.matmul(directions_.t()).to(torch::kFloat64), 0.0, 0.0, 0.0);
        const auto [eigenvalues, basis] = at::linalg_eigh((products + products.transpose(1, 2)) * 0.5);
        const torch::Tensor positive = eigenvalues.ge(0);
        const torch::Tensor whole = positive.all(1);  // of these particles not a bit changes for the sake of others
        if (whole.all().item<bool>()) {
            return;
        }
        const torch::Tensor back = basis.transpose(1, 2);
        const torch::Tensor projector = (basis * positive.unsqueeze(1)).matmul(back);
        const torch::Tensor kept = (basis * eigenvalues.clamp_min(0).unsqueeze(1)).matmul(back);
        const torch::Tensor missing = kept - projector.matmul(products);
        const torch::Tensor corrected =
            projector.to(rows.scalar_type()).matmul(rows) + missing.to(rows.scalar_type()).matmul(inverse_);
        rows.copy_(at::where(whole.view({-1, 1, 1}), rows, corrected));
    }

    template <class T>
    static kernels::TwistTask<T> task(int64_t first, int64_t count, Evaluation& out) {
        const int64_t numbers = first * out.scratch.size(2);
        kernels::TwistTask<T> task;
        task.n = count;
        task.denoised = out.denoised.const_data_ptr<T>() + numbers;
        task.jacobian_directions = out.scratch.const_data_ptr<T>();
        task.log_psi = out.log_twist.data_ptr<double>() + first;
        task.pull = out.pull.defined() ? out.pull.data_ptr<T>() + numbers : nullptr;
        return task;
    }

    std::shared_ptr<const Prior> prior_;
    TwistOptions options_;
    MeasuredRows measured_;
    torch::Tensor directions_;  // A [m, d] in the type and place of particles
    torch::Tensor inverse_;     // A^+T likewise
};

}  // namespace

std::shared_ptr<const Twist> tweedie_twist(const Problem& problem, const TwistOptions& options) {
    return std::make_shared<const TweedieTwist>(problem, options);
}

}  // namespace drift
