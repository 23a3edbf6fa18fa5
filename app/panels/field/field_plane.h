// What all plots of fields in the plane share: axes that look at the same part of it, arrows, maps and their colours.
#pragma once

#include "app/panels/data/contours.h"
#include "app/panels/field/field_view.h"

#include <imgui.h>

#include <utility>
#include <vector>

namespace drift {

/// Values at the grid points in diverging colours.
struct HeatMap {
    const char* title;
    const std::vector<float>& values;
    double most;  // at the end of the colours
    std::vector<std::pair<double, const char*>> marks;
};
/// Of the cosine of an angle, and of log2 of a ratio.
HeatMap cosine_map(const char* title, const std::vector<float>& cosine);
HeatMap ratio_map(const char* title, const std::vector<float>& log_ratio);

/// Axes of a plot: the plane that the fields are in.
struct PlaneAxes {
    const char* x = "x1";
    const char* y = "x2";
};

/// Looks at the part of the plane that all plots of the view look at; the one under the mouse may move it.
bool begin_plane(const char* id, const ImVec2& size, FieldView& view, const GridBox& box, const PlaneAxes& axes = {});
void end_plane(FieldView& view);

// Between the two:
void draw_plane_title(const char* title, const ImVec4& colour);
void draw_dot(const PlanePoint& place, bool light);
/// One arrow from every grid point, `scale` pixels for a length of 1, none much longer than a cell of so many pixels.
void draw_vectors(const GridBox& box, const std::vector<float>& vectors, double scale, double cell, ImU32 colour);
void draw_cells(const GridBox& box, const HeatMap& map, bool light);

/// The colours with their values, below a map of that width.
void draw_colour_bar(const HeatMap& map, float width, bool light);
float colour_bar_height();

/// Pixels that a cell of the grid is wide, as of the frame before.
double cell_width(const FieldView& view, const GridBox& box);
/// The pixels for a length of 1 that suit these vectors.
double scale_for(const std::vector<float>& vectors, double cell);
/// The grid point nearest to the mouse, -1 for none.
int point_at_mouse(const GridBox& box);

}  // namespace drift
