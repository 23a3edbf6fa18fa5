// Small pieces for rows of controls that wrap where the panel is narrow.
#pragma once

#include <imgui.h>

namespace drift {

/// Puts the next item, `width` pixels wide, on the same line if it fits there. Call it before every item but the first.
inline void flow(float width) {
    const float right = ImGui::GetItemRectMax().x + ImGui::GetStyle().ItemSpacing.x + width;
    if (right < ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x) {
        ImGui::SameLine();
    }
}

inline float checkbox_width(const char* label) {
    return ImGui::GetFrameHeight() + ImGui::GetStyle().ItemInnerSpacing.x + ImGui::CalcTextSize(label).x;
}

/// A checkbox that wraps, with a tooltip.
inline bool flow_checkbox(const char* label, bool& value, const char* help, bool enabled = true) {
    flow(checkbox_width(label));
    ImGui::BeginDisabled(!enabled);
    const bool changed = ImGui::Checkbox(label, &value);
    ImGui::EndDisabled();
    ImGui::SetItemTooltip("%s", help);
    return changed;
}

}  // namespace drift
