// A linear measurement of few values as the kernels take it: log N(y; A x, sigma_y^2 I) by one fused pass.
#pragma once

#include "core/kernels/linear_likelihood.h"
#include "core/problem.h"

#include <optional>

namespace drift {

class FewValues {
public:
    /// Nothing where the measurement has more values than the kernels take. Arrays like those of `options`.
    static std::optional<FewValues> of(const LinearGaussian& measurement, const torch::TensorOptions& options);

    /// Whether the kernels take particles like x: contiguous, and in the type and place of the arrays.
    bool takes(const torch::Tensor& x) const;
    /// Particles x [n, d], outputs left out.
    template <class T>
    kernels::LinearLikelihood<T> task(const torch::Tensor& x) const;
    /// log_likelihood [n] float64, and gradient [n, d] unless it is undefined.
    void evaluate(const torch::Tensor& x, torch::Tensor& log_likelihood, torch::Tensor& gradient) const;

private:
    torch::Tensor matrix_, observed_;
    double noise_ = 1;
};

}  // namespace drift
