// The schedule editor: any curve of the scenario, and below it what it did.
#include "app/gl/graphics.h"
#include "app/panels/panels.h"
#include "app/panels/schedule/curve_keys.h"
#include "app/panels/schedule/curve_plot.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <string>

namespace drift {
namespace {

// In lines of text; where the panel is lower than both together it scrolls.
constexpr float least_curve = 7;
constexpr float least_strip = 3.6F;

void update_sources(const PanelContext& context, ScheduleView& schedule) {
    if (schedule.sources_revision == context.session.revision() && schedule.fitted_recording == context.recording_id &&
        !schedule.sources.empty()) {
        return;
    }
    schedule.sources_revision = context.session.revision();
    schedule.fitted_recording = context.recording_id;
    const auto& sigma = context.scene() == nullptr ? std::vector<double>{} : context.scene()->sigma;
    schedule.sources = curve_sources(context.session.scenario(), sigma);
}

/// A tab for each curve; returns the one to show, null where there is none.
const CurveSource* draw_tabs(PanelContext& context, ScheduleView& schedule) {
    const CurveSource* chosen = nullptr;
    const auto wanted = std::find_if(schedule.sources.begin(), schedule.sources.end(),
                                     [&](const CurveSource& source) { return source.target == context.view.curve; });
    // The curve that a click elsewhere asked for comes to the front once; afterwards the tabs decide.
    const bool asked = wanted != schedule.sources.end() && (!schedule.shown || !(*schedule.shown == wanted->target));
    if (!ImGui::BeginTabBar("curves", ImGuiTabBarFlags_FittingPolicyScroll)) {
        return nullptr;
    }
    for (const CurveSource& source : schedule.sources) {
        const bool front = asked && source.target == wanted->target;
        const std::string label = source.title + "###" + to_string(source.target.part) + "." + source.target.key;
        if (ImGui::BeginTabItem(label.c_str(), nullptr, front ? ImGuiTabItemFlags_SetSelected : 0)) {
            chosen = &source;
            ImGui::EndTabItem();
        }
        ImGui::SetItemTooltip("%s\n%s\n%s", source.help.words.c_str(), source.help.formula.c_str(),
                              source.help.effect.c_str());
    }
    ImGui::EndTabBar();
    if (asked) {
        chosen = &*wanted;
    }
    if (chosen != nullptr) {
        context.view.curve = chosen->target;
        schedule.shown = chosen->target;
    }
    return chosen;
}

/// `dots` where the rungs above are coloured by it.
void draw_moves_title(bool dots) {
    ImGui::TextDisabled("%s",
                        dots ? "Moves that were accepted, as the dots above" : "Share of the moves that were accepted");
    ImGui::SetItemTooltip(
        "Mean over all particles and the moves of a step. Near 0 nothing moves: the step size is too large.\n"
        "Near 100 %% the particles crawl: it is too small. Best are 57 %% for MALA, 75 %% for HMC and 23 %% for\n"
        "random walks.");
}

/// All there is of a method without a curve: where its moves got to.
void draw_moves_alone(const PanelContext& context, const ScheduleView& schedule) {
    const float gap = ImGui::GetStyle().ItemSpacing.y;
    const bool ladder = context.scene()->ladder;
    float room = ImGui::GetContentRegionAvail().y - ImGui::GetTextLineHeightWithSpacing() - gap;
    if (!ImPlot::BeginAlignedPlots("schedule")) {
        return;
    }
    if (ladder) {
        room -= ImGui::GetTextLineHeightWithSpacing() + gap;
        ImGui::TextDisabled("%s", "Ladder: how much the likelihood counts");
        ImGui::SetItemTooltip("%s",
                              "beta of each rung, from 0, the prior, to 1, the posterior (logarithmic).\n"
                              "The colour of a dot is the share of moves that were accepted there: stronger for more.");
        draw_ladder_plot(context, schedule, std::max(0.5F * room, least_strip * ImGui::GetFontSize()));
        room *= 0.5F;
    }
    draw_moves_title(ladder);
    draw_acceptance_strip(context, schedule, std::max(room, least_strip * ImGui::GetFontSize()), true);
    ImPlot::EndAlignedPlots();
}

void draw_strip(const PanelContext& context, const ScheduleView& schedule, const CurveSource& source, float height) {
    if (training_shown(context) != nullptr) {
        ImGui::TextDisabled("%s", "What it did: spread of the residuals, in nats");
        ImGui::SetItemTooltip(
            "Standard deviation of delta = log Z + sum log q / ref - log w over a batch, by iteration:\n"
            "0 for a sampler that has become the posterior. What else there is to see of a training\n"
            "is in the panel Training.");
        draw_residual_strip(context, schedule, height);
        return;
    }
    if (!shows_noise(context)) {
        draw_moves_title(is_ladder(context, source));
        draw_acceptance_strip(context, schedule, height, false);
        return;
    }
    ImGui::TextDisabled("%s", "What it did: |guidance| / |score|");
    ImGui::SetItemTooltip(
        "Median (line) and 10 to 90 %% (band) of the particles, step by step. Above 1 the measurement\n"
        "pulls harder than the model: too much of it tears particles off the data, too little ignores\n"
        "the measurement.");
    draw_force_strip(context, schedule, height);
}

}  // namespace

void draw_schedule_panel(PanelContext& context) {
    if (context.graphics == nullptr) {
        return;
    }
    ScheduleView& schedule = context.graphics->schedule;
    update_sources(context, schedule);
    const std::optional<CurveTarget> before = schedule.shown;
    if (schedule.sources.empty() && !shows_noise(context) && !walks_noise(context.session.scenario())) {
        draw_moves_alone(context, schedule);
        return;
    }
    const CurveSource* source = draw_tabs(context, schedule);
    if (source == nullptr) {
        ImGui::TextDisabled("This method has nothing that can be bent over the run.");
        return;
    }
    if (before && !(*before == source->target)) {
        schedule.editor = {};
    }
    schedule.editor.show(source->curve, source->limits);
    draw_curve_toolbar(context, schedule, *source);
    const float em = ImGui::GetFontSize();
    const float gap = ImGui::GetStyle().ItemSpacing.y;
    const float room = ImGui::GetContentRegionAvail().y - ImGui::GetFrameHeightWithSpacing() -
                       ImGui::GetTextLineHeightWithSpacing() - 2 * gap;
    const float strip = std::clamp(0.28F * room, least_strip * em, 9 * em);
    if (ImPlot::BeginAlignedPlots("schedule")) {
        draw_curve_plot(context, schedule, *source, std::max(room - strip, least_curve * em));
        draw_knot_fields(context, schedule, *source);
        draw_strip(context, schedule, *source, strip);
        ImPlot::EndAlignedPlots();
    }
}

}  // namespace drift
