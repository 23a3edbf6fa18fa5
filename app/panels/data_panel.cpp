#include "app/gl/graphics.h"
#include "app/panels/data/plane.h"
#include "app/panels/panels.h"

#include <imgui.h>

namespace drift {

void draw_data_panel(PanelContext& context) {
    if (context.graphics == nullptr || context.recording.empty() || context.scene() == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        ImGui::TextWrapped("%s", caution_text(context).c_str());
        return;
    }
    draw_space(context, context.graphics->data);
}

}  // namespace drift
