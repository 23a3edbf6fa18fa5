// A measurement as a condition, for every file that only brings an operator: with Gaussian noise and a linear operator
// the fast paths of linear_condition.h, else whatever operator and noise model say.
#pragma once

#include "core/conditions/noise_fields.h"
#include "core/measured.h"
#include "core/problem.h"

namespace drift {

/// log p(y | h(x)) on samples of any shape. `measurement_picture` and `true_picture` may be undefined.
std::shared_ptr<const Condition> measured_condition(Measured measurement, torch::Tensor measurement_picture = {},
                                                    torch::Tensor true_picture = {});

/// A measurement y of A x with the noise of `params`; linear() is there where that is Gaussian. Throws UserError for a
/// y that the noise cannot give.
std::shared_ptr<const Condition> noisy_condition(std::shared_ptr<const LinearOperator> measure, torch::Tensor y,
                                                 const NoiseParams& params);
/// The same of h(x).
std::shared_ptr<const Condition> noisy_condition(std::shared_ptr<const ForwardOperator> measure, torch::Tensor y,
                                                 const NoiseParams& params);

}  // namespace drift
