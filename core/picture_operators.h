// Linear measurements of pictures, each with its exact adjoint and the solve that guidance needs in closed form.
// Pictures [channels, height, width] are flattened to rows.
#pragma once

#include "core/operators.h"

#include <vector>

namespace drift {

/// Keeps the pixels with these indices (int64 [m], increasing) of d; A A^T = I.
std::shared_ptr<const LinearOperator> mask_operator(const torch::Tensor& indices, int64_t d);

/// Averages squares of factor x factor pixels; A A^T = I / factor^2. The factor divides height and width.
std::shared_ptr<const LinearOperator> pooling_operator(const std::vector<int64_t>& shape, int64_t factor);

/// Gaussian blur of standard deviation `sigma` pixels, B X B^T with rows of B that sum to one; (B (x) B)(B (x) B)^T has
/// the products of the eigenvalues of B B^T as its own. Height and width are equal.
std::shared_ptr<const LinearOperator> blur_operator(const std::vector<int64_t>& shape, double sigma);

}  // namespace drift
