// Monotone rational-quadratic splines (Gregory and Delbourgo 1982; Durkan et al. 2019, "Neural spline flows"): a
// bijection of the line for each row, the identity outside [-bound, bound], with a closed form in both directions.
//
//     y = y_k + h (s xi^2 + d_k xi (1 - xi)) / (s + (d_{k+1} + d_k - 2 s) xi (1 - xi)),   xi = (x - x_k) / w,   s = h /
//     w
#pragma once

#include "core/torch.h"

#include <cstdint>

namespace drift {

/// A spline for each of n rows, by its knots.
struct Splines {
    torch::Tensor x, y;   // [n, bins + 1] increasing from -bound to bound
    torch::Tensor slope;  // [n, bins + 1] positive; 1 at both ends
    double bound = 1;
};

/// How many free numbers a spline has: widths, heights, and slopes at the inner knots.
inline int64_t spline_numbers(int64_t bins) {
    return 3 * bins - 1;
}

/// The splines of any numbers [n, spline_numbers(bins)]; zeros give the identity. Differentiable.
Splines splines_of(const torch::Tensor& numbers, int64_t bins, double bound);

struct Bent {
    torch::Tensor value;      // [n]
    torch::Tensor log_slope;  // [n] log dy/dx there, in both directions
};

/// y of x [n].
Bent bend(const Splines& splines, const torch::Tensor& x);
/// x of y [n], with log dy/dx at it.
Bent bend_back(const Splines& splines, const torch::Tensor& y);

}  // namespace drift
