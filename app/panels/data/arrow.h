// Arrows of one scale, for forces and fields. Called between BeginPlot and EndPlot.
#pragma once

#include <imgui.h>

#include <vector>

namespace drift {

/// Pixels for a length of 1, so that nine out of ten of these lengths are at most about `pixels` long; steady where
/// the lengths change little. 0 where there is nothing to draw.
double arrow_scale(std::vector<double> lengths, double pixels);

/// From a place on the screen along (dx, dy) pixels; nothing where that is hardly a pixel.
void draw_arrow(const ImVec2& from, float dx, float dy, ImU32 colour);

}  // namespace drift
