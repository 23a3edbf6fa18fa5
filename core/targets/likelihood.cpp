#include "core/targets/data_targets.h"

namespace drift {

Likelihood::Likelihood(std::shared_ptr<const Condition> condition, const torch::TensorOptions& options)
    : condition_(std::move(condition)) {
    if (condition_->linear() != nullptr) {
        few_ = FewValues::of(*condition_->linear(), options);
    }
}

void Likelihood::evaluate(Cloud& cloud) const {
    if (condition_->is_none()) {
        return;  // the buffers were zero from the start and nobody else writes to them
    }
    if (few_) {
        few_->evaluate(cloud.x, cloud.log_likelihood, cloud.likelihood_gradient);
        return;
    }
    if (!cloud.likelihood_gradient.defined()) {
        cloud.log_likelihood.copy_(condition_->log_likelihood(cloud.x));
        return;
    }
    const auto [log_likelihood, gradient] = condition_->log_likelihood_and_gradient(cloud.x);
    cloud.log_likelihood.copy_(log_likelihood);
    cloud.likelihood_gradient.copy_(gradient);
}

}  // namespace drift
