#include "app/gl/graphics.h"
#include "app/panels/data/plane.h"
#include "app/panels/panels.h"

#include <imgui.h>

namespace drift {

void draw_data_panel(PanelContext& context) {
    if (context.graphics == nullptr || context.recording.empty() || context.scene() == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        if (context.set_up != nullptr) {
            ImGui::ProgressBar(static_cast<float>(context.set_up->share()), {20 * ImGui::GetFontSize(), 0}, "");
            ImGui::TextDisabled("Space pauses it; another scenario ends it.");
        } else {
            ImGui::TextWrapped("%s", caution_text(context).c_str());
        }
        return;
    }
    draw_space(context, context.graphics->data);
}

}  // namespace drift
