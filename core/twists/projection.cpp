// DDNM: D is replaced by the nearest point that has the measured values, D + A^+ (y - A D). guidance.md 1.5.

#include "core/needs_linear.h"
#include "core/stability.h"
#include "core/twists/gain.h"

namespace drift {
namespace {

/// Singular values below the root of this, relative to a largest one of about 1, are not inverted but damped: those of
/// a blur reach down to rounding errors.
constexpr double ridge = 1e-6;

/// The share of the way to y that D goes; `gain` as in share_of_way.
double projected_share(double gain) {
    return share_of_way(ridge, 1, gain);
}

class ProjectionTwist final : public Twist {
public:
    explicit ProjectionTwist(const Problem& problem) : prior_(problem.prior), condition_(problem.condition) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        const LinearGaussian& measurement = *condition_->linear();
        prior_->denoise_into(x, sigma, out.denoised);
        const torch::Tensor e = measurement.y - measurement.A->forward(out.denoised.flatten(1));
        out.pull.copy_(measurement.A->adjoint(measurement.A->solve(e, ridge, 1)).view_as(x));
    }
    bool has_density() const override { return false; }
    std::optional<double> pull_slope(double /*sigma*/, double j, double gain) const override {
        return j * projected_share(gain);
    }

private:
    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
};

}  // namespace

std::shared_ptr<const Twist> projection_twist(const Problem& problem) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    if (problem.condition->linear() == nullptr) {
        throw NeedsLinear(
            "'ddnm' projects onto what was measured, which needs a linear measurement with Gaussian noise, and the "
            "one of 'condition.type' is not: choose dps, pnp, tds or ais");
    }
    if (closed_form_twist(problem)) {
        const torch::Tensor inverse = gain_of(*dense_operator(problem.condition->linear()->A->matrix()), ridge, 1);
        return gain_twist(
            problem, [inverse](double) { return Gain{inverse}; },
            [](double, double gain) { return projected_share(gain); });
    }
    return std::make_shared<const ProjectionTwist>(problem);
}

}  // namespace drift
