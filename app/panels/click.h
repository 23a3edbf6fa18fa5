// A click is told from a drag that ends.
#pragma once

#include <imgui.h>

namespace drift {

/// Whether the left button was let go where it had been pressed: the mouse never left that place, in any direction.
inline bool clicked_in_place() {
    constexpr float still = 3;  // pixels
    return ImGui::IsMouseReleased(ImGuiMouseButton_Left) &&
           ImGui::GetIO().MouseDragMaxDistanceSqr[ImGuiMouseButton_Left] < still * still;
}

}  // namespace drift
