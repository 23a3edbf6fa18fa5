#include "core/twist.h"

#include "core/kernels/linear_twist.h"
#include "core/twists/pseudo_inverse.h"

namespace drift {
namespace {

class Unguided final : public Twist {
public:
    explicit Unguided(std::shared_ptr<const Prior> prior) : prior_(std::move(prior)) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        prior_->denoise_into(x, sigma, out.denoised);
        out.log_twist.zero_();
    }
    bool has_pull() const override { return false; }

private:
    std::shared_ptr<const Prior> prior_;
};

}  // namespace

double denoised_variance(double sigma, double spread) {
    const double variance = sigma * sigma;
    return variance * spread / (spread + variance);
}

bool closed_form_twist(const Problem& problem) {
    const LinearGaussian* linear = problem.condition->linear();
    return problem.prior->mixture() != nullptr && linear != nullptr &&
           linear->A->output_size() <= kernels::max_twist_rows;
}

std::shared_ptr<const Twist> no_twist(const Problem& problem) {
    return std::make_shared<const Unguided>(problem.prior);
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
    return options.model == ErrorModel::Tweedie ? tweedie_twist(problem, options) : linear_twist(problem, options);
}

}  // namespace drift
