// Choosing pictures of the wall with a rectangle, and showing who they are in other states.
#pragma once

#include "app/panels/images/wall.h"
#include "app/panels/panels.h"

#include <imgui.h>

namespace drift {

/// Begins, goes on with or ends a rectangle with Shift and the left button over the item drawn last; whether there is
/// one. `x`, `y` are the place of the mouse on the wall.
bool brush_wall(PanelContext& context, Wall& wall, double x, double y);
/// Finds out who was chosen is in that state.
void update_wall_brush(const PanelContext& context, Wall& wall, const Frame& frame);
bool is_brushed(const Wall& wall, int32_t particle);
/// The rectangle under way, and how many were chosen, over a wall at that corner and of that size.
void draw_wall_brush(const PanelContext& context, const Wall& wall, const Frame& frame, const ImVec2& corner,
                     const ImVec2& size);

}  // namespace drift
