// The caption of the phase that is shown, for all panels that show it.
#pragma once

#include "app/panels/panels.h"

#include <imgui.h>

#include <string>

namespace drift {

/// phase_caption() of the view, made anew only where it may have changed.
std::string phase_text(const PanelContext& context);

/// Between the ground of what draw_phase() draws and its text.
inline float phase_pad() {
    return 0.4F * ImGui::GetFontSize();
}
/// How high that is with the margin below it; 0 where no phase is shown.
float phase_height(const PanelContext& context, float width);
/// The phases of a step with the one that is shown, and below them what it shows.
void draw_phase(const PanelContext& context, ImDrawList& list, const ImVec2& corner, float width);

}  // namespace drift
