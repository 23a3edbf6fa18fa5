// The targets that data_target chooses between.
#pragma once

#include "core/few_values.h"
#include "core/target.h"

namespace drift {

/// A prior with a closed form: density and gradient by one fused kernel.
std::shared_ptr<const Target> mixture_target(const Problem& problem, const torch::TensorOptions& options);

/// A prior whose density is known without being a mixture.
std::shared_ptr<const Target> density_target(const Problem& problem, const torch::TensorOptions& options);

/// A prior that is only known by its denoiser: no density, and grad log p_sigma = (D - x) / sigma^2 at the small
/// sigma = score_noise sqrt(V) in place of the gradient.
std::shared_ptr<const Target> score_target(const Problem& problem, const torch::TensorOptions& options,
                                           double score_noise);

/// log L and, where wanted, its gradient: by a fused kernel for linear measurements of few values.
class Likelihood {
public:
    Likelihood(std::shared_ptr<const Condition> condition, const torch::TensorOptions& options);
    void evaluate(Cloud& cloud) const;

private:
    std::shared_ptr<const Condition> condition_;
    std::optional<FewValues> few_;
};

}  // namespace drift
