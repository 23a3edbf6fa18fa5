// What there is to see of methods that walk no noise schedule: the ladder from the prior to the posterior, rung by
// rung, and the share of moves that were accepted.
#include "app/panels/dimmed.h"
#include "app/panels/schedule/curve_plot.h"

#include "app/events.h"
#include "app/panels/borderless.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

constexpr int64_t most_points = 2000;  // more than there are pixels
constexpr int most_dots = 40;          // more would be a thick line

struct Series {
    std::vector<double> u, value;
    std::vector<int64_t> step;
};

/// A number of every state that has it.
Series series_of(const Recording& recording, double StepNumbers::*member, int64_t last) {
    Series series;
    const int64_t stride = std::max<int64_t>(1, last / most_points);
    for (int64_t k = 0; k < recording.size(); k += stride) {
        const double value = recording.at(k)->numbers.*member;
        if (std::isfinite(value)) {
            series.u.push_back(static_cast<double>(k) / static_cast<double>(std::max<int64_t>(last, 1)));
            series.value.push_back(value);
            series.step.push_back(k);
        }
    }
    return series;
}

void draw_series(const char* name, const Series& series, const ImVec4& colour) {
    const int count = static_cast<int>(series.u.size());
    ImPlotSpec spec;
    spec.LineColor = colour;
    spec.LineWeight = 2;
    if (count <= most_dots) {
        spec.Marker = ImPlotMarker_Circle;
        spec.MarkerSize = 0.25F * ImGui::GetFontSize();
        spec.MarkerFillColor = colour;
        spec.MarkerLineColor = colour;
    }
    ImPlot::PlotLine(name, series.u.data(), series.value.data(), count, spec);
}

void draw_playhead_line(const PanelContext& context, int64_t last) {
    const double u = static_cast<double>(context.step) / static_cast<double>(std::max<int64_t>(last, 1));
    const float x = ImPlot::PlotToPixels(std::min(u, 1.0), 1.0).x;
    const ImVec2 corner = ImPlot::GetPlotPos();
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({x, corner.y}, {x, corner.y + ImPlot::GetPlotSize().y},
                                       to_u32(palette(context.view.light).playhead, 0.7F), 1.5F);
    ImPlot::PopPlotClipRect();
}

ImVec2 place_of(const Series& series, size_t i) {
    const double lowest = ImPlot::GetPlotLimits().Y.Min;  // beta 0 is nowhere on a logarithmic axis
    return ImPlot::PlotToPixels(series.u[i], std::max(series.value[i], lowest));
}

/// A dot for every rung, or every so-manieth where they would touch and `spaced` asks to see what is below them,
/// coloured by the share of its moves that were accepted.
void draw_rungs(const PanelContext& context, const Series& beta, bool spaced) {
    const float em = ImGui::GetFontSize();
    const float every =
        std::max(ImPlot::GetPlotSize().x, 1.0F) / static_cast<float>(std::max<size_t>(beta.u.size(), 1));
    const size_t stride = spaced ? static_cast<size_t>(std::ceil(0.8F * em / every)) : 1;
    const float apart = every * static_cast<float>(stride);
    const float radius = std::clamp(0.4F * apart, 0.1F * em, 0.3F * em);
    const bool light = context.view.light;
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < beta.u.size(); i += stride) {
        const double accepted = context.recording.at(beta.step[i])->numbers.acceptance;
        const ImVec4 colour = std::isfinite(accepted) ? value_colour(accepted, light) : palette(light).faint;
        const ImVec2 at = place_of(beta, i);
        ImPlot::GetPlotDrawList()->AddCircleFilled(at, radius + 1.5F, to_u32(palette(light).background));
        ImPlot::GetPlotDrawList()->AddCircleFilled(at, radius, to_u32(colour));
    }
    ImPlot::PopPlotClipRect();
}

/// The state whose place along u is nearest to the mouse.
size_t nearest_to_mouse(const Series& series) {
    const double at = ImPlot::GetPlotMousePos().x;
    const auto nearest = std::min_element(series.u.begin(), series.u.end(),
                                          [at](double a, double b) { return std::abs(a - at) < std::abs(b - at); });
    return static_cast<size_t>(nearest - series.u.begin());
}

void describe_state(const PanelContext& context, const Series& series, size_t i, const char* name, bool share) {
    std::string text = share ? percent(series.value[i]) : short_number(series.value[i]);
    const double accepted = context.recording.at(series.step[i])->numbers.acceptance;
    if (!share && std::isfinite(accepted)) {
        text += ", accepted " + percent(accepted);
    }
    ImGui::SetTooltip("step %lld: %s %s", static_cast<long long>(series.step[i]), name, text.c_str());
}

/// The numbers of the state under the mouse.
void describe(const PanelContext& context, const Series& series, const char* name, bool share) {
    if (ImPlot::IsPlotHovered() && !series.u.empty()) {
        describe_state(context, series, nearest_to_mouse(series), name, share);
    }
}

bool begin(const char* id, float height, const PanelContext& context, const ScheduleView& schedule, bool labels) {
    if (!ImPlot::BeginPlot(
            id, {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return false;
    }
    const StepAxis axis = schedule.axis == StepAxis::Sigma ? StepAxis::Step : schedule.axis;
    StepTicks ticks = step_ticks(axis, steps_of(context), {});
    ticks.ends = ends_of(context);
    setup_step_axis(ticks, labels);
    return true;
}

}  // namespace

void draw_acceptance_strip(const PanelContext& context, const ScheduleView& schedule, float height, bool labels) {
    const int64_t last = steps_of(context) - 1;
    const Series series = series_of(context.recording, &StepNumbers::acceptance, last);
    const Borderless plot;
    if (!begin("##acceptance", height, context, schedule, labels)) {
        return;
    }
    ImPlot::SetupAxis(ImAxis_Y1, "accepted", ImPlotAxisFlags_Lock | ImPlotAxisFlags_NoMenus);
    ImPlot::SetupAxisLimits(ImAxis_Y1, -0.04, 1.08, ImPlotCond_Always);
    static const double places[] = {0, 0.5, 1};
    static const char* const texts[] = {"0", "50 %", "100 %"};
    ImPlot::SetupAxisTicks(ImAxis_Y1, places, 3, texts);
    ImPlot::SetupFinish();
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_series("accepted", series, palette(context.view.light).guidance);
    }
    draw_playhead_line(context, last);
    describe(context, series, "accepted", true);
    ImPlot::EndPlot();
}

bool is_ladder(const PanelContext& context, const CurveSource& source) {
    return context.scene() != nullptr && context.scene()->ladder && source.target == CurveTarget{Kind::Sampler, "beta"};
}

void draw_rungs_on_curve(const PanelContext& context, bool describe_them) {
    const Series beta = series_of(context.recording, &StepNumbers::beta, steps_of(context) - 1);
    if (beta.u.empty()) {
        return;
    }
    draw_rungs(context, beta, true);
    const size_t i = nearest_to_mouse(beta);
    const ImVec2 at = place_of(beta, i);
    const ImVec2 mouse = ImGui::GetMousePos();
    const float away = std::hypot(at.x - mouse.x, at.y - mouse.y);
    if (describe_them && ImGui::IsWindowHovered() && away < 0.6F * ImGui::GetFontSize()) {
        describe_state(context, beta, i, "beta", false);
    }
}

void draw_ladder_plot(const PanelContext& context, const ScheduleView& schedule, float height) {
    const int64_t last = steps_of(context) - 1;
    Series series = series_of(context.recording, &StepNumbers::beta, last);
    double least = 0.1;
    for (const double beta : series.value) {
        least = beta > 0 ? std::min(least, beta) : least;
    }
    least = std::max(least / 3, 1e-12);
    for (double& beta : series.value) {
        beta = std::max(beta, least);  // the prior, beta 0, lies at the foot of a logarithmic axis
    }
    const Borderless plot;
    if (!begin("##ladder", height, context, schedule, false)) {
        return;
    }
    ImPlot::SetupAxis(ImAxis_Y1, "beta", ImPlotAxisFlags_Lock | ImPlotAxisFlags_NoMenus);
    ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
    ImPlot::SetupAxisLimits(ImAxis_Y1, least / 1.3, 1.6, ImPlotCond_Always);
    ImPlot::SetupFinish();
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_series("beta", series, palette(context.view.light).faint);
        draw_rungs(context, series, false);
    }
    draw_playhead_line(context, last);
    describe(context, series_of(context.recording, &StepNumbers::beta, last), "beta", false);
    ImPlot::EndPlot();
}

}  // namespace drift
