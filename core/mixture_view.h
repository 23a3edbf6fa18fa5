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

}  // namespace drift
