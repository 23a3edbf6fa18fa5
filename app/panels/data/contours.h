// Level lines of a density given on a grid, by marching squares. Plain values, free of ImGui.
#pragma once

#include "core/scene.h"

#include <vector>

namespace drift {

struct PlanePoint {
    float x = 0, y = 0;
};
using Polyline = std::vector<PlanePoint>;

/// The lines where `values` (row by row from the lower left corner of the box, as density_on_grid gives them) cross
/// `level`, in the coordinates of the box. Closed lines end with the point they begin with; lines that leave the box
/// are open.
std::vector<Polyline> contour_lines(const std::vector<float>& values, const GridBox& box, float level);

/// The densities above which these shares of all that lies on the grid are found: levels of the smallest regions that
/// hold them. 0 where the grid is empty.
std::vector<float> levels_of_shares(const std::vector<float>& values, const std::vector<double>& shares);

/// The outlines of the regions that hold these shares of a density given on a grid, one set of lines for each.
std::vector<std::vector<Polyline>> share_contours(const std::vector<float>& values, const GridBox& box,
                                                  const std::vector<double>& shares);

}  // namespace drift
