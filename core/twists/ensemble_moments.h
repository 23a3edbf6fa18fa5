// Means and covariances of an ensemble, in float64 on the host. Sums go over blocks of particles, in order inside a
// block and then over the blocks, so that they are the same for any number of threads.
#pragma once

#include "core/torch.h"

#include <optional>

namespace drift {

/// a^T b [p, q] of rows a [n, p] and b [n, q], float64.
torch::Tensor summed_products(const torch::Tensor& a, const torch::Tensor& b);

/// a b [n, q] of rows a [n, p] and a matrix b [p, q], float64.
torch::Tensor rows_times(const torch::Tensor& a, const torch::Tensor& b);

/// Of all numbers of `rows` [n, p], float64.
double sum_of_squares(const torch::Tensor& rows);

/// Rows of an ensemble about their mean. A particle with a number that is not finite is left out: the others do not go
/// with it.
struct Ensemble {
    /// `denoised` [n, d] and `images` [n, m], of one floating type, on the host.
    Ensemble(const torch::Tensor& denoised, const torch::Tensor& images);

    /// The mean of finite particles [m], counted from the least on: what all have in common is kept to the last digit.
    torch::Tensor mean(const torch::Tensor& rows) const;
    /// The row [m] of all finite particles; nothing where they have several.
    std::optional<torch::Tensor> shared_row(const torch::Tensor& rows) const;

    torch::Tensor finite;  // [n, 1] 1 or 0
    double count = 1;      // of those, at least 1
    torch::Tensor d;       // [n, d] D, 0 where it is left out
    torch::Tensor u;       // [n, m] h(D), likewise
};

}  // namespace drift
