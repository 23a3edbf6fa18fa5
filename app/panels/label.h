// Text over a picture.
#pragma once

#include <imgui.h>

namespace drift {

/// How far the ground of a label reaches beyond its text on both sides; half of it above and below.
inline float label_pad() {
    return 0.3F * ImGui::GetFontSize();
}

/// A line of text at that place, on a ground that keeps it readable.
inline void draw_label(ImDrawList& list, const ImVec2& at, ImU32 colour, const char* text) {
    const ImVec2 size = ImGui::CalcTextSize(text);
    const float pad = label_pad();
    list.AddRectFilled({at.x - pad, at.y - pad / 2}, {at.x + size.x + pad, at.y + size.y + pad / 2},
                       ImGui::GetColorU32(ImGuiCol_WindowBg, 0.85F), pad);
    list.AddText(at, colour, text);
}

}  // namespace drift
