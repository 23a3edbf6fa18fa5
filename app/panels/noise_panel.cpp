// The same particles in noise space, beside the data panel: linked by colour, mouse and selection.
#include "app/gl/graphics.h"
#include "app/panels/data/plane.h"
#include "app/panels/panels.h"

#include <imgui.h>

namespace drift {

void draw_noise_panel(PanelContext& context) {
    if (context.graphics == nullptr || context.recording.empty() || context.scene() == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    if (!context.scene()->noise_space()) {
        ImGui::TextWrapped(
            "This run has no noise space: its method moves the data x themselves. With \"space\" set to noise, a prior "
            "that is a map x = f(z) is sampled by its noise z, which is shown here.");
        return;
    }
    if (const Frame* frame = context.frame_with_arrays(); !has_places(*frame, Space::Noise)) {
        ImGui::TextWrapped("The noise of this state was not recorded.");
        return;
    }
    draw_space(context, context.graphics->noise);
}

}  // namespace drift
