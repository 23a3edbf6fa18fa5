// Pictures of a density that is known on a grid: plain numbers, no LibTorch.
#pragma once

#include "core/scene.h"

#include <vector>

namespace drift {

/// The density with noise of standard deviation `sigma` added, at the points of another box, row by row from the lower
/// left corner. Nought outside its own.
std::vector<float> density_on_grid(const GridDensity& density, double sigma, const GridBox& box);

/// With the axes swapped.
GridDensity transposed(const GridDensity& density);

/// What a map makes of a density on the same grid as `map`: the distribution of f(z), of one or two dimensions, at the
/// points of `box`. What falls outside is left out.
GridDensity pushed_forward(const GridDensity& density, const DecoderGrid& map, const GridBox& box);

}  // namespace drift
