// Choosing particles with a rectangle, on a line with an interval, and showing who they are in other states. Called
// between BeginPlot and EndPlot.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/panels.h"

#include <string>

namespace drift {

/// Particles of the picture within the rectangle that two corners span, in rising order.
std::vector<int32_t> particles_within(const std::vector<PlanePoint>& places, const PlanePoint& a, const PlanePoint& b);

/// "12 chosen at step 40 come from 3 here"
std::string brush_text(const Brush& brush, int64_t step, size_t here);

/// Shift+drag chooses; the chosen, their ancestors in earlier states and their descendants in later ones are ringed.
void draw_brush(PanelContext& context, DataView& data);

}  // namespace drift
