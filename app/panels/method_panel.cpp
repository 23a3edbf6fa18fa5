// The method that samples the posterior, and all of its parameters.
#include "app/panels/flow.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace drift {
namespace {

/// Whether everybody calls it by its initials.
bool has_short_name(const Item& item) {
    return item.key.size() <= 4;
}

/// "DPS" for dps.
std::string short_name(const Item& item) {
    std::string name = item.key;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name;
}

/// The methods a person compares most, one click apart: those of the shipped scenarios that take one word. The list
/// below has all.
void draw_quick_choice(PanelContext& context) {
    const std::vector<ScenarioEntry>& shipped = context.memory->shipped;
    const std::string current = context.session.scenario().sampler.type;
    bool first = true;
    for (const Item& item : items(Kind::Sampler)) {
        if (!has_short_name(item) || std::none_of(shipped.begin(), shipped.end(), [&item](const ScenarioEntry& entry) {
                return entry.sampler == item.key;
            })) {
            continue;
        }
        const std::string label = short_name(item);
        const float width = std::max(3 * ImGui::GetFontSize(),
                                     ImGui::CalcTextSize(label.c_str()).x + 2 * ImGui::GetStyle().FramePadding.x);
        if (!first) {
            flow(width);
        }
        first = false;
        const bool chosen = item.key == current;
        ImGui::PushStyleColor(ImGuiCol_Button,
                              ImGui::GetStyleColorVec4(chosen ? ImGuiCol_ButtonActive : ImGuiCol_Button));
        if (ImGui::Button((label + "##" + item.key).c_str(), {width, 0}) && !chosen) {
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
