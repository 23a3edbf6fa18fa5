// E[x0 | x] under a density in the plane that is known on a grid, by sums over it: a Gaussian kernel is a product of
// one along each axis, so that the sum over all cells is a matrix product.
//
//     D(x, sigma) = sum_ab P_ab u_a(x_1) v_b(x_2) (g_a, g_b) / sum_ab P_ab u_a v_b,   dD/dx = Cov[x0 | x] / sigma^2
//
// Noise of less than a cell sees no other points; the score is taken at that of 1.5 cells then, and D = x + sigma^2
// score.
#pragma once

#include "core/problem.h"
#include "core/torch.h"

#include <cstdint>
#include <functional>

namespace drift {

/// Immutable; safe to share between threads.
class PlaneDenoiser {
public:
    /// `log_density` of points [n, 2] float64 up to a constant; almost all of it within `half_width` of `centre` [2].
    PlaneDenoiser(const std::function<torch::Tensor(const torch::Tensor&)>& log_density, const torch::Tensor& centre,
                  double half_width);

    torch::Tensor denoise(const torch::Tensor& x, double sigma) const;
    Linearised linearise(const torch::Tensor& x, double sigma) const;

private:
    struct Moments {
        torch::Tensor mean;        // [n, 2] float64
        torch::Tensor covariance;  // [n, 2, 2]; only where it is wanted
    };
    /// D(x), and unless `jacobian` is null its derivative [n, 2, 2].
    torch::Tensor in_all_pieces(const torch::Tensor& x, double sigma, torch::Tensor* jacobian) const;
    Moments moments(const torch::Tensor& x, double sigma, bool second) const;

    torch::Tensor along_x_, along_y_;  // [grid] float64
    torch::Tensor density_;            // [grid, grid], x first
    double cell_;
};

}  // namespace drift
