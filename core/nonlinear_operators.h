// Measurements that are not linear, each with its exact vector-Jacobian product. Points and pictures are rows.
#pragma once

#include "core/operators.h"

#include <vector>

namespace drift {

/// |a_k x|, a_k complex: the even rows of `matrix` [2 m, d] are the real parts, the odd ones the imaginary parts.
std::shared_ptr<const ForwardOperator> magnitude_operator(const torch::Tensor& matrix);

/// |F p| of pictures of this shape, p = (x + 1) / 2 in a dark frame, and F the unitary Fourier transform of it. The
/// frame makes every side `oversampling` times as long. Of each pair of opposite frequencies one is seen.
std::shared_ptr<const ForwardOperator> fourier_magnitude_operator(const std::vector<int64_t>& shape,
                                                                  double oversampling);

/// |x - a_k|, the distances to the rows of `sensors` [m, d].
std::shared_ptr<const ForwardOperator> range_operator(const torch::Tensor& sensors);

/// x_1 x_2, the product of the first two numbers of d.
std::shared_ptr<const ForwardOperator> product_operator(int64_t d);

/// What is done to every number of A x.
enum class Response { Tanh, Sine, Square };
std::shared_ptr<const ForwardOperator> response_operator(const torch::Tensor& matrix, Response response);

}  // namespace drift
