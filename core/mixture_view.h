// What pictures of a mixture need besides its density on a grid: plain numbers, no LibTorch.
#pragma once

#include "core/scene.h"

#include <cstdint>
#include <vector>

namespace drift {

/// The density of a one-dimensional mixture with noise of standard deviation `sigma` added, at `count` points from
/// x_min to x_max.
std::vector<float> density_on_line(const MixtureView& mixture, double sigma, double x_min, double x_max, int count);

/// The distribution of these coordinates alone; the other ones are integrated out.
MixtureView marginal(const MixtureView& mixture, const std::vector<int64_t>& axes);

/// The component of `modes` that each row of x [n * d] is nearest to, by density under each component alone, whatever
/// the weights; -1 for rows that are not finite.
std::vector<int32_t> nearest_components(const MixtureView& modes, const std::vector<float>& x);

/// E[x0 | x] for every row of x [n * d] under noise of standard deviation `sigma` > 0; NaN for rows that are not
/// finite. Works on the calling thread alone.
std::vector<double> denoised_by(const MixtureView& mixture, double sigma, const std::vector<float>& x);

/// The points of a grid as rows [columns * rows * 2], from the lower left corner.
std::vector<float> grid_points(const GridBox& box);

/// Half the width of the square that shows the data under noise sigma, of which so many standard deviations are within.
double shown_half_width(const Scene& scene, double sigma, double widths_of_noise);

}  // namespace drift
