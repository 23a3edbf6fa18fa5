// A linear measurement with Gaussian noise as a condition, for every file that only brings an operator.
#pragma once

#include "core/problem.h"

namespace drift {

/// log N(y; A x, sigma_y^2 I) on samples of any shape. `measurement_picture` and `true_picture` may be undefined.
std::shared_ptr<const Condition> linear_condition(LinearGaussian measurement, torch::Tensor measurement_picture = {},
                                                  torch::Tensor true_picture = {});

}  // namespace drift
