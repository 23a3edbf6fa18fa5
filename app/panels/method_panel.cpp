// The method that samples the posterior, and all of its parameters.
#include "app/panels/panels.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <string>

namespace drift {
namespace {

/// The methods a person compares most, one click apart: those of the catalogue with a name of at most four letters.
void draw_quick_choice(PanelContext& context) {
    bool first = true;
    const std::string current = context.session.scenario().sampler.type;
    for (const Item& item : items(Kind::Sampler)) {
        if (item.key.size() > 4) {
            continue;
        }
        std::string label = item.key;
        std::transform(label.begin(), label.end(), label.begin(),
                       [](char c) { return static_cast<char>(c - 'a' + 'A'); });
        if (!first) {
            ImGui::SameLine(0, ImGui::GetStyle().ItemInnerSpacing.x);
        }
        first = false;
        const bool chosen = item.key == current;
        ImGui::PushStyleColor(ImGuiCol_Button,
                              ImGui::GetStyleColorVec4(chosen ? ImGuiCol_ButtonActive : ImGuiCol_Button));
        if (ImGui::Button((label + "##" + item.key).c_str(), {ImGui::GetFontSize() * 4, 0}) && !chosen) {
            choose(context, Kind::Sampler, item.key);
        }
        ImGui::PopStyleColor();
        help_tooltip({item.title + ". " + item.help, {}, "The same noise, seed and shared parameters."});
    }
}

}  // namespace

void draw_method_panel(PanelContext& context) {
    draw_quick_choice(context);
    draw_choice(context, Kind::Sampler);
    ImGui::Spacing();
    draw_params(context, Kind::Sampler);
}

}  // namespace drift
