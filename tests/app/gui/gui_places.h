// Where things are in the window, and what was drawn. Without the test engine, whose headers the compiler warns of
// beside ImPlot's own.
#pragma once

#include <imgui.h>

#include <string>

namespace drift::test {

/// The place on the screen of a point of a plot; `id` is that of the item.
ImVec2 place_in_plot(ImGuiID id, double x, double y);
/// Vertices in the window of a panel in the frame before.
int vertices_in(const std::string& panel);

}  // namespace drift::test
