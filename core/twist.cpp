#include "core/twist.h"

#include "core/twists/measured_rows.h"
#include "core/twists/pseudo_inverse.h"

namespace drift {
double denoised_variance(double sigma, double spread) {
    const double variance = sigma * sigma;
    return variance * spread / (spread + variance);
}

bool closed_form_twist(const Problem& problem) {
    const LinearGaussian* linear = problem.condition->linear();
    return problem.prior->mixture() != nullptr && linear != nullptr && has_few_rows(*linear);
}

std::string warning_of_flatness(const Condition& condition) {
    return condition.is_flat() ? "This condition has no gradient to follow, such as a half-space with a hard edge: "
                                 "guidance by it moves nothing. Give the edge a 'width', or choose a method that needs "
                                 "values alone"
                               : "";
}

std::shared_ptr<const Twist> make_twist(const Problem& problem, const TwistOptions& given) {
    TwistOptions options = given;
    if (options.spread <= 0) {
        options.spread = problem.prior->data_variance();
    }
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    const LinearGaussian* linear = problem.condition->linear();
    if (linear == nullptr) {
        const bool inverted = options.model == ErrorModel::Pigdm && has_pseudo_inverse(*problem.condition);
        return inverted ? pseudo_inverse_twist(problem, options) : reward_twist(problem, options);
    }
    if (closed_form_twist(problem) && options.form == PullForm::Score) {
        return mixture_twist(problem, options);
    }
    if (options.model != ErrorModel::Tweedie) {
        return linear_twist(problem, options);
    }
    if (options.form != PullForm::Score) {
        throw UserError(
            "'guidance_units' is norm or step, which scale the plain residual and know no error model: choose the "
            "error model 'point', or the units 'score'");
    }
    return has_few_rows(*linear) ? tweedie_twist(problem, options) : tweedie_by_products(problem, options);
}

}  // namespace drift
