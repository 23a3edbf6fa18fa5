// A click is told from a drag that ends.
#pragma once

#include <imgui.h>
#include <imgui_internal.h>

namespace drift {

/// Whether the left button was let go where it had been pressed: the mouse never left that place, in any direction.
inline bool clicked_in_place() {
    constexpr float still = 3;  // pixels
    return ImGui::IsMouseReleased(ImGuiMouseButton_Left) &&
           ImGui::GetIO().MouseDragMaxDistanceSqr[ImGuiMouseButton_Left] < still * still;
}

/// Whether words under the mouse can wait: it rests where it has just clicked, and what is there now, often another
/// button in the place of the first, would explain itself at once over what the click was for.
inline bool rests_after_click() {
    const double clicked = ImGui::GetIO().MouseClickedTime[ImGuiMouseButton_Left];
    constexpr double rounding = 0.01;  // seconds
    return clicked > 0 && ImGui::GetCurrentContext()->MouseStationaryTimer + rounding > ImGui::GetTime() - clicked;
}

/// Whether the last item is to say what it is for, disabled or not.
inline bool explains_itself() {
    return ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled) &&
           !rests_after_click();
}

}  // namespace drift
