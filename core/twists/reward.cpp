// Any condition with a gradient, evaluated at the denoised prediction: log psi = log p(y | D), and by the chain rule
// pull = sigma^2 J^T grad log p(y | D). guidance.md 1.5, "general nonlinear likelihood".

#include "core/needs_linear.h"
#include "core/twist.h"

namespace drift {
namespace {

class RewardTwist final : public Twist {
public:
    RewardTwist(const Problem& problem, PullForm form)
        : prior_(problem.prior), condition_(problem.condition), form_(form) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        if (!out.pull.defined()) {
            prior_->denoise_into(x, sigma, out.denoised);
            out.log_twist.copy_(condition_->log_likelihood(out.denoised));
            return;
        }
        const Linearised at_x = prior_->linearise(x, sigma);
        out.denoised.copy_(at_x.denoised);
        const auto [log_likelihood, gradient] = condition_->log_likelihood_and_gradient(at_x.denoised);
        out.log_twist.copy_(log_likelihood);
        const double scale = form_ == PullForm::Score ? sigma * sigma : 1.0;
        at::mul_out(out.pull, at_x.pullback(gradient.view_as(x)), torch::full({}, scale, x.options()));
    }
    std::string warning() const override { return warning_of_flatness(*condition_); }

private:
    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    PullForm form_;
};

}  // namespace

std::shared_ptr<const Twist> reward_twist(const Problem& problem, const TwistOptions& options) {
    if (options.model != ErrorModel::Point) {
        throw NeedsLinear(
            "pigdm, tmpd and the choices 'pigdm' and 'tweedie' of 'sampler.twist' and 'sampler.error_model' need a "
            "linear measurement with Gaussian noise, or a rounded one for pigdm; 'condition.type' here goes with "
            "'monte_carlo' or 'point' of dps, tds or smc");
    }
    if (options.form == PullForm::UnitResidual) {
        throw NeedsLinear(
            "'norm' needs the residual of a linear measurement with Gaussian noise; 'guidance_units' of this "
            "condition are 'score' or 'step'");
    }
    return std::make_shared<const RewardTwist>(problem, options.form);
}

}  // namespace drift
