// A sensor that rounds, h(x) = Q(A x), has h^+ = A^+: h(h^+(h(x))) = h(x). guidance.md 1.6.4:
//
//     u = A^+ (y - Q(A D)),   log psi = log p(y | D),   pull = sigma^2 J^T u / r^2,   r^2 = sigma^2 V / (V + sigma^2)
//
// Only the denoiser is differentiated.

#include "core/twists/pseudo_inverse.h"

#include "core/measured.h"

namespace drift {
namespace {

/// As in projection.cpp: directions that A hardly sees are damped, not inverted.
constexpr double ridge = 1e-6;

class PseudoInverse final : public Twist {
public:
    PseudoInverse(const Problem& problem, double spread)
        : prior_(problem.prior), condition_(problem.condition), spread_(spread) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        if (!out.pull.defined()) {
            prior_->denoise_into(x, sigma, out.denoised);
            out.log_twist.copy_(condition_->log_likelihood(out.denoised));
            return;
        }
        const Measured& measurement = *condition_->measured();
        const Linearised at_x = prior_->linearise(x, sigma);
        out.denoised.copy_(at_x.denoised);
        out.log_twist.copy_(condition_->log_likelihood(at_x.denoised));
        // Q counts its bins from the middle of the one around y: what lies in that bin is not pulled at.
        const double step = measurement.noise->bin_width();
        const torch::Tensor bins = (measurement.y - measurement.A->forward(at_x.denoised.flatten(1))) / step;
        const torch::Tensor e = bins.round() * step;
        const torch::Tensor u = measurement.A->adjoint(measurement.A->solve(e, ridge, 1)).view_as(x);
        out.pull.copy_(at_x.pullback(u)).mul_(sigma * sigma / denoised_variance(sigma, spread_));
    }

private:
    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    double spread_;
};

}  // namespace

bool has_pseudo_inverse(const Condition& condition) {
    const Measured* measurement = condition.measured();
    return measurement != nullptr && measurement->A != nullptr && measurement->noise->bin_width() > 0;
}

std::shared_ptr<const Twist> pseudo_inverse_twist(const Problem& problem, const TwistOptions& options) {
    if (options.form != PullForm::Score) {
        throw UserError("'guidance_units' must be 'score' for the error model 'pigdm' of a rounded measurement");
    }
    return std::make_shared<const PseudoInverse>(problem, options.spread);
}

}  // namespace drift
