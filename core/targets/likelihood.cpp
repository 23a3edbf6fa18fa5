#include "core/targets/data_targets.h"

#include "core/exec.h"
#include "core/kernels/linear_likelihood.h"

#include <ATen/Dispatch.h>

namespace drift {

Likelihood::Likelihood(std::shared_ptr<const Condition> condition, const torch::TensorOptions& options)
    : condition_(std::move(condition)) {
    const LinearGaussian* linear = condition_->linear();
    if (linear != nullptr && linear->A->output_size() <= kernels::max_likelihood_rows) {
        matrix_ = linear->A->matrix().to(options).contiguous();
        observed_ = linear->y.to(options).contiguous();
    }
}

void Likelihood::evaluate(Cloud& cloud) const {
    if (condition_->is_none()) {
        return;  // the buffers were zero from the start and nobody else writes to them
    }
    if (matrix_.defined()) {
        AT_DISPATCH_FLOATING_TYPES(cloud.x.scalar_type(), "likelihood", [&] { evaluate_fused<scalar_t>(cloud); });
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

template <class T>
void Likelihood::evaluate_fused(Cloud& cloud) const {
    kernels::LinearLikelihood<T> task;
    task.n = cloud.x.size(0);
    task.dims = matrix_.size(1);
    task.rows = matrix_.size(0);
    task.matrix = matrix_.const_data_ptr<T>();
    task.observed = observed_.const_data_ptr<T>();
    task.noise = condition_->linear()->noise;
    task.x = cloud.x.const_data_ptr<T>();
    task.log_likelihood = cloud.log_likelihood.data_ptr<double>();
    task.gradient = cloud.likelihood_gradient.defined() ? cloud.likelihood_gradient.data_ptr<T>() : nullptr;
    kernels::linear_likelihood(exec_on(cloud.x.device()), task);
}

}  // namespace drift
