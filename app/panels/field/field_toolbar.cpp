#include "app/panels/field/field_toolbar.h"

#include "app/panels/flow.h"
#include "app/theme.h"

#include <imgui.h>

#include <string>

namespace drift {

void draw_fit_button(FieldView& view) {
    flow(ImGui::CalcTextSize("Fit").x + 2 * ImGui::GetStyle().FramePadding.x);
    ImGui::BeginDisabled(view.follow_noise);
    if (ImGui::Button("Fit")) {
        view.follow_noise = true;
    }
    ImGui::EndDisabled();
    ImGui::SetItemTooltip("Widen and narrow the view with the noise level again");
}

void draw_caution(const PanelContext& context) {
    if (const std::string caution = caution_text(context); !caution.empty()) {
        const Palette& colours = palette(context.view.light);
        ImGui::TextColored(context.failure.empty() ? colours.warning : colours.error, "%s", caution.c_str());
    }
}

}  // namespace drift
