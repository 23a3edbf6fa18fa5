// The problem: which scenario, its prior, what was measured, the noise levels, how many particles and which seed.
#include "app/events.h"
#include "app/panels/elided.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>

#include <random>
#include <string>

namespace drift {
namespace {

void draw_list(PanelContext& context) {
    const Session& session = context.session;
    const std::string title = session.scenario().title.empty() ? "Untitled" : session.scenario().title;
    const std::string edited = session.dirty() ? " *" : "";  // stays to be seen, however long the title is
    const float room = ImGui::GetContentRegionAvail().x - ImGui::GetFrameHeight() -
                       2 * ImGui::GetStyle().FramePadding.x - ImGui::CalcTextSize(edited.c_str()).x;
    ImGui::SetNextItemWidth(-FLT_MIN);
    if (ImGui::BeginCombo("##shipped", (elided(title, room) + edited).c_str(), ImGuiComboFlags_HeightLarge)) {
        for (const ScenarioEntry& entry : context.memory->shipped) {
            ImGui::PushID(entry.path.c_str());
            if (ImGui::Selectable(entry.title.c_str(), entry.path == session.path())) {
                context.act("file.open:" + entry.path);
            }
            help_tooltip({entry.caption.empty() ? entry.title : entry.caption, {}, entry.path});
            ImGui::PopID();
        }
        ImGui::EndCombo();
    }
    help_tooltip({"The scenarios that come with the program.", {}, "A * means: changed since it was read or saved."});
    if (!session.scenario().caption.empty()) {
        ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).faint);
        ImGui::TextWrapped("%s", session.scenario().caption.c_str());
        ImGui::PopStyleColor();
    }
}

void draw_particles(PanelContext& context) {
    row("Particles");
    ImGui::TableNextColumn();
    ImGui::SetNextItemWidth(-FLT_MIN);
    int64_t particles = context.session.scenario().particles;
    const int64_t least = 16;
    const int64_t most = 100'000;
    const bool changed = ImGui::SliderScalar("##particles", ImGuiDataType_S64, &particles, &least, &most, "%lld",
                                             ImGuiSliderFlags_Logarithmic);
    const bool finished = ImGui::IsItemDeactivated();
    help_tooltip(
        {"How many particles travel together.", "n", "More: smoother answers, slower. Ctrl+click to type a number."});
    if (changed && particles >= 1 && particles <= max_particles) {
        context.edit(
            "particles", [&](Scenario& scenario) { scenario.particles = particles; }, finished);
    } else if (finished) {
        context.session.finish();
    }
}

void draw_seed(PanelContext& context) {
    row("Seed");
    ImGui::TableNextColumn();
    const float dice = ImGui::GetFrameHeight();
    ImGui::SetNextItemWidth(-dice - ImGui::GetStyle().ItemSpacing.x);
    uint64_t seed = context.session.scenario().seed;
    const bool typed = ImGui::InputScalar("##seed", ImGuiDataType_U64, &seed);
    const bool finished = ImGui::IsItemDeactivated();
    help_tooltip(
        {"Where the random numbers start.", {}, "The same seed gives the same noise, whatever method uses it."});
    if (typed) {
        context.edit(
            "seed", [&](Scenario& scenario) { scenario.seed = seed; }, finished);
    } else if (finished) {
        context.session.finish();
    }
    ImGui::SameLine();
    if (ImGui::Button("##dice", {dice, dice})) {
        context.act("run.new_seed");
    }
    const ImVec2 from = ImGui::GetItemRectMin();
    for (const ImVec2 dot :
         {ImVec2{0.3F, 0.3F}, ImVec2{0.7F, 0.3F}, ImVec2{0.5F, 0.5F}, ImVec2{0.3F, 0.7F}, ImVec2{0.7F, 0.7F}}) {
        ImGui::GetWindowDrawList()->AddCircleFilled({from.x + dot.x * dice, from.y + dot.y * dice}, dice * 0.08F,
                                                    ImGui::GetColorU32(ImGuiCol_Text));
    }
    ImGui::SetItemTooltip("Another seed (Shift+R)");
}

void draw_part(PanelContext& context, Kind kind, const char* title, bool open) {
    ImGui::SetNextItemOpen(open, ImGuiCond_FirstUseEver);
    if (ImGui::CollapsingHeader(title)) {
        draw_choice(context, kind);
        draw_params(context, kind);
        ImGui::Spacing();
    }
}

}  // namespace

void draw_scenario_panel(PanelContext& context) {
    draw_list(context);
    ImGui::Spacing();
    if (begin_rows("budget")) {
        draw_particles(context);
        draw_seed(context);
        end_rows();
    }
    ImGui::Spacing();
    draw_part(context, Kind::Condition, "Measurement", true);
    draw_part(context, Kind::Prior, "Prior", false);
    if (walks_noise(context.session.scenario())) {
        draw_part(context, Kind::Schedule, "Noise levels", false);
    }
}

}  // namespace drift
