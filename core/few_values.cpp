#include "core/few_values.h"

#include "core/exec.h"

#include <ATen/Dispatch.h>

namespace drift {

std::optional<FewValues> FewValues::of(const LinearGaussian& measurement, const torch::TensorOptions& options) {
    if (measurement.A->output_size() > kernels::max_likelihood_rows) {
        return std::nullopt;
    }
    FewValues few;
    few.matrix_ = measurement.A->matrix().to(options).contiguous();
    few.observed_ = measurement.y.to(options).contiguous();
    few.noise_ = measurement.noise;
    return few;
}

bool FewValues::takes(const torch::Tensor& x) const {
    return x.is_contiguous() && x.scalar_type() == matrix_.scalar_type() && x.device() == matrix_.device();
}

template <class T>
kernels::LinearLikelihood<T> FewValues::task(const torch::Tensor& x) const {
    kernels::LinearLikelihood<T> task;
    task.n = x.size(0);
    task.dims = matrix_.size(1);
    task.rows = matrix_.size(0);
    task.matrix = matrix_.const_data_ptr<T>();
    task.observed = observed_.const_data_ptr<T>();
    task.noise = noise_;
    task.x = x.const_data_ptr<T>();
    return task;
}
template kernels::LinearLikelihood<float> FewValues::task(const torch::Tensor&) const;
template kernels::LinearLikelihood<double> FewValues::task(const torch::Tensor&) const;

void FewValues::evaluate(const torch::Tensor& x, torch::Tensor& log_likelihood, torch::Tensor& gradient) const {
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "few_values", [&] {
        kernels::LinearLikelihood<scalar_t> values = task<scalar_t>(x);
        values.log_likelihood = log_likelihood.data_ptr<double>();
        values.gradient = gradient.defined() ? gradient.data_ptr<scalar_t>() : nullptr;
        kernels::linear_likelihood(exec_on(x.device()), values);
    });
}

}  // namespace drift
