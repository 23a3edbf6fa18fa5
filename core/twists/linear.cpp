// Any prior under a linear measurement with Gaussian noise, by one forward and one backward pass of the denoiser:
//
//     e = y - A D,   log psi = log N(y; A D, S),   pull = sigma^2 J^T A^T S^{-1} e
//
// with S = sigma_y^2 I (point) or sigma_y^2 I + r^2 A A^T (PiGDM). guidance.md 1.5, 1.8.

#include "core/stability.h"

#include <cmath>

namespace drift {
namespace {

class LinearTwist final : public Twist {
public:
    LinearTwist(const Problem& problem, const TwistOptions& options)
        : prior_(problem.prior),
          condition_(problem.condition),
          measurement_(*condition_->linear()),
          options_(options) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        const Linearised at_x =
            out.pull.defined() ? prior_->linearise(x, sigma) : Linearised{prior_->denoise(x, sigma), {}};
        const double noise_squared = measurement_.noise * measurement_.noise;
        const double spread_squared =
            options_.model == ErrorModel::Pigdm ? denoised_variance(sigma, options_.spread) : 0.0;
        const torch::Tensor e = measurement_.y - measurement_.A->forward(at_x.denoised.flatten(1));  // [n, m]
        const torch::Tensor solved = measurement_.A->solve(e, noise_squared, spread_squared);

        const double m = static_cast<double>(e.size(1));
        const double constant = measurement_.A->log_det(noise_squared, spread_squared) + m * std::log(2 * M_PI);
        out.log_twist.copy_((e.to(torch::kFloat64) * solved.to(torch::kFloat64)).sum(1).add_(constant).mul_(-0.5));
        out.denoised.copy_(at_x.denoised);
        if (!out.pull.defined()) {
            return;
        }
        const torch::Tensor back = measurement_.A->adjoint(direction(e, solved)).view_as(x);
        const double scale = options_.form == PullForm::Score ? sigma * sigma : 1.0;
        at::mul_out(out.pull, at_x.pullback(back), torch::full({}, scale, x.options()));
    }

    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        if (options_.form == PullForm::UnitResidual) {
            return std::nullopt;
        }
        return slope_of_score(options_, measurement_.noise, sigma, j, gain);
    }

private:
    torch::Tensor direction(const torch::Tensor& e, const torch::Tensor& solved) const {
        switch (options_.form) {
            case PullForm::Score:
                return solved;
            case PullForm::UnitResidual:
                // Each particle by its own norm: a norm over the batch would tie particles together.
                return e / e.norm(2, 1, true).clamp_min(1e-30);
            default:
                return e;
        }
    }

    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    LinearGaussian measurement_;
    TwistOptions options_;
};

}  // namespace

std::shared_ptr<const Twist> linear_twist(const Problem& problem, const TwistOptions& options) {
    return std::make_shared<const LinearTwist>(problem, options);
}

}  // namespace drift
