// Methods on the problem of the scenario side by side: which are compared, and what each of them achieves.
#include "app/compared_methods.h"
#include "app/comparison.h"
#include "app/panels/click.h"
#include "app/panels/flow.h"
#include "app/panels/training/outcome_points.h"
#include "app/panels/training/training_plots.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <string>
#include <vector>

namespace drift {
namespace {

void draw_choice(View& view, const MethodRow& row) {
    const auto chosen = std::ranges::find(view.compared, row.key);
    bool on = chosen != view.compared.end();
    if (ImGui::Checkbox(row.name.c_str(), &on)) {
        if (on) {
            view.compared.push_back(row.key);
        } else {
            view.compared.erase(chosen);
        }
    }
    ImGui::SetItemTooltip("Whether Compare runs it; %s on the command line%s%s%s", row.key.c_str(),
                          row.space.empty() ? "" : ". It ran in ", row.space.c_str(),
                          row.space.empty() ? "" : " space");
}

void draw_row(PanelContext& context, const MethodRow& row) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    if (row.key.empty()) {
        ImGui::TextUnformatted(row.name.c_str());
    } else {
        draw_choice(context.view, row);
    }
    for (const std::string& text : {row.reward, row.diversity, row.log_z, row.ess, row.seconds}) {
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(text.c_str());
    }
}

void draw_notes(const PanelContext& context, const std::vector<MethodRow>& rows) {
    for (const MethodRow& row : rows) {
        if (!row.note.empty()) {
            const Palette& colours = palette(context.view.light);
            ImGui::PushStyleColor(ImGuiCol_Text, row.failed ? colours.warning : colours.text);
            ImGui::TextWrapped("%s: %s.", row.name.c_str(), row.note.c_str());
            ImGui::PopStyleColor();
        }
    }
}

}  // namespace

void draw_comparison(PanelContext& context) {
    if (context.comparison == nullptr) {
        return;
    }
    const Comparison& comparison = *context.comparison;
    if (comparison.running()) {
        if (ImGui::Button("Stop###run.stop_comparing")) {
            context.act("run.stop_comparing");
        }
        if (explains_itself()) {
            ImGui::SetTooltip("Points that are there already stay");
        }
        const std::string progress = comparison.progress();
        flow(ImGui::CalcTextSize(progress.c_str()).x);
        ImGui::AlignTextToFramePadding();
        ImGui::TextWrapped("%s", progress.c_str());
        return;
    }
    const std::vector<std::string> missing = comparison.missing(context.scenario(), context.view.compared);
    std::string names;
    for (const ComparedMethod& method : compared_methods()) {
        if (std::ranges::find(missing, method.key) != missing.end()) {
            names += (names.empty() ? "" : ", ") + method.name;
        }
    }
    ImGui::BeginDisabled(missing.empty() || context.scenario().condition.type == "none");
    if (ImGui::Button("Compare###run.compare")) {
        context.act("run.compare");
    }
    ImGui::EndDisabled();
    if (explains_itself()) {
        ImGui::SetTooltip(
            "Runs the methods that are chosen under Methods and missing on this problem, one after the other in the\n"
            "background, with their defaults and as many particles. Those that learn are trained, which takes a "
            "while.\n"
            "All are chosen unless you choose others. Missing: %s",
            names.empty() ? "none" : names.c_str());
    }
}

void draw_methods(PanelContext& context) {
    if (context.comparison == nullptr) {
        return;
    }
    draw_comparison(context);
    const std::vector<MethodRow> rows = method_rows(context.comparison->problem_of(context.scenario()));
    constexpr ImGuiTableFlags flags = ImGuiTableFlags_RowBg | ImGuiTableFlags_ScrollX | ImGuiTableFlags_SizingFixedFit;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {ImGui::GetStyle().FramePadding.x, 0});  // low check boxes,
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 1);                                   // seen when empty, too
    ImGui::PushStyleVar(ImGuiStyleVar_CellPadding,
                        {0.4F * ImGui::GetStyle().CellPadding.x, ImGui::GetStyle().CellPadding.y});
    // One row for the head, and room for the bar that scrolls sideways in a narrow panel.
    const float height =
        static_cast<float>(rows.size() + 1) * (ImGui::GetFontSize() + 2 * ImGui::GetStyle().CellPadding.y) +
        ImGui::GetStyle().ScrollbarSize;
    if (ImGui::BeginTable("methods", 6, flags, {0, height})) {
        for (const char* name : {"method", "reward", "diversity", "log Z", "ESS", "time"}) {
            ImGui::TableSetupColumn(name);
        }
        ImGui::TableSetupScrollFreeze(1, 0);
        ImGui::TableHeadersRow();
        for (const MethodRow& row : rows) {
            draw_row(context, row);
        }
        ImGui::EndTable();
    }
    ImGui::PopStyleVar(3);
    draw_notes(context, rows);
}

}  // namespace drift
