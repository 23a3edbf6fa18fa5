// Reward against diversity (trained_samplers.md 8.3): a sampler that has lost modes has more reward than the posterior
// and less diversity, and only the two together show it.
#include "app/comparison.h"
#include "app/events.h"
#include "app/panels/dimmed.h"
#include "app/panels/flow.h"
#include "app/panels/training/outcome_points.h"
#include "app/panels/training/training_plots.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

constexpr double wide_rewards = 30;  // nats: beyond that the axis is one of logarithms at both ends

void draw_comparison(PanelContext& context) {
    const Comparison& comparison = *context.comparison;
    if (comparison.running()) {
        if (ImGui::Button("Stop###run.stop_comparing")) {
            context.act("run.stop_comparing");
        }
        ImGui::SetItemTooltip("Points that are there already stay");
        const std::string progress = comparison.progress();
        flow(ImGui::CalcTextSize(progress.c_str()).x);
        ImGui::AlignTextToFramePadding();
        ImGui::TextWrapped("%s", progress.c_str());
        return;
    }
    const std::vector<std::string> missing = comparison.missing(context.scenario());
    std::string names;
    for (const std::string& key : missing) {
        names += (names.empty() ? "" : ", ") + item_at(Kind::Sampler, key).title;
    }
    ImGui::BeginDisabled(missing.empty() || context.scenario().condition.type == "none");
    if (ImGui::Button("Compare###run.compare")) {
        context.act("run.compare");
    }
    ImGui::EndDisabled();
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled)) {
        ImGui::SetTooltip(
            "Runs the methods that are missing on this problem, one after the other in the background, with their\n"
            "defaults and as many particles. Those that learn are trained, which takes a while.\nMissing: %s",
            names.empty() ? "none" : names.c_str());
    }
    constexpr char title[] = "mean reward against diversity";
    flow(ImGui::CalcTextSize(title).x);
    ImGui::AlignTextToFramePadding();
    ImGui::TextDisabled("%s", title);
    help_tooltip(
        {"What the samples of a method achieve. Better explained samples lie higher, more different ones "
         "farther right; a sampler is right where the exact posterior is, and above it to the left where it "
         "has lost modes. Every run that ends adds a point.",
         "reward E log r(x), in nats; diversity E |x - x'| over pairs of samples, in units of the data",
         "The prior alone is most diverse and least rewarded."});
}

struct Limits {
    Span diversity, reward;
};

/// Powers of ten of both signs; nought and one would lie on each other.
void set_reward_ticks(const Span& span) {
    static const double places[] = {-10000, -1000, -100, -10, -1, 1, 10, 100, 1000, 10000};
    static const char* const texts[] = {"-1e4", "-1000", "-100", "-10", "-1", "1", "10", "100", "1000", "1e4"};
    const bool both = span.low < -1 && span.high > 1;
    // Of -1 and 1, which are close to each other, the one with more room.
    const size_t skipped = !both ? 10 : -span.low > span.high ? 5 : 4;
    std::vector<double> at;
    std::vector<const char*> labels;
    for (size_t i = 0; i < 10; ++i) {
        if (i != skipped && places[i] > span.low && places[i] < span.high) {
            at.push_back(places[i]);
            labels.push_back(texts[i]);
        }
    }
    if (!at.empty()) {
        ImPlot::SetupAxisTicks(ImAxis_Y1, at.data(), static_cast<int>(at.size()), labels.data());
    }
}

Limits limits_of(const std::vector<OutcomePoint>& points) {
    TrainingCurve diversity, reward;
    for (const OutcomePoint& point : points) {
        diversity.add(0, point.outcome.diversity);
        reward.add(0, point.outcome.reward);
    }
    Limits limits{span_of({&diversity}), span_of({&reward})};
    limits.diversity.low = std::min(0.0, limits.diversity.low);
    limits.diversity.high *= 1.25;  // for the names
    const double least = 0.5;       // nats: a smaller range would show nothing but noise
    const double lacking = std::max(0.0, least - (limits.reward.high - limits.reward.low)) / 2;
    limits.reward = {limits.reward.low - lacking, limits.reward.high + lacking};
    if (limits.reward.high - limits.reward.low > wide_rewards) {  // a share of the logarithm is more there
        limits.reward = {limits.reward.low - 0.3 * std::abs(limits.reward.low),
                         limits.reward.high + 0.5 * std::abs(limits.reward.high) + 1};
    }
    return limits;
}

void draw_marker(const OutcomePoint& point, const ImVec2& at, float radius, const ImVec4& colour, bool light) {
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    if (point.reference) {  // hollow diamonds: no runs
        const ImVec2 corners[]{{at.x, at.y - 1.3F * radius},
                               {at.x + 1.3F * radius, at.y},
                               {at.x, at.y + 1.3F * radius},
                               {at.x - 1.3F * radius, at.y}};
        list.AddConvexPolyFilled(corners, 4, to_u32(palette(light).background));
        list.AddPolyline(corners, 4, to_u32(colour), 2.0F, ImDrawFlags_Closed);
        return;
    }
    list.AddCircleFilled(at, radius + 1.5F, to_u32(palette(light).background));
    list.AddCircleFilled(at, point.earlier ? 0.6F * radius : radius, to_u32(colour, point.earlier ? 0.6F : 1));
}

ImVec4 colour_of(const OutcomePoint& point, bool light) {
    if (point.colour >= 0) {
        return category_colour(point.colour, light);
    }
    return point.name == "exact posterior" ? palette(light).truth : palette(light).faint;
}

/// Names beside the markers, apart from each other, with a line to their own.
void draw_names(const std::vector<OutcomePoint>& points, const std::vector<ImVec2>& places, bool light) {
    const float em = ImGui::GetFontSize();
    const ImVec2 corner = ImPlot::GetPlotPos();
    const ImVec2 size = ImPlot::GetPlotSize();
    std::vector<size_t> named;
    std::vector<float> wanted;
    for (size_t i = 0; i < points.size(); ++i) {
        if (!points[i].earlier) {
            named.push_back(i);
            wanted.push_back(places[i].y - 0.5F * em);
        }
    }
    const std::vector<float> tops =
        spread_apart(wanted, 1.05F * em, corner.y + 0.2F * em, corner.y + size.y - 1.2F * em);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    for (size_t j = 0; j < named.size(); ++j) {
        const size_t i = named[j];
        const float width = ImGui::CalcTextSize(points[i].name.c_str()).x;
        const bool left = places[i].x + 1.4F * em + width > corner.x + size.x;
        const float x = left ? places[i].x - 1.4F * em - width : places[i].x + 1.4F * em;
        const float middle = tops[j] + 0.5F * em;
        const ImVec2 foot{left ? x + width + 2 : x - 2, middle};
        list.AddLine({places[i].x + (left ? -0.45F : 0.45F) * em, places[i].y}, foot,
                     to_u32(palette(light).faint, 0.6F), 1);
        list.AddRectFilled({x - 2, tops[j]}, {x + width + 2, tops[j] + em}, to_u32(palette(light).background, 0.75F),
                           2);
        list.AddText({x, tops[j]}, to_u32(palette(light).text), points[i].name.c_str());
    }
}

void describe_nearest(const std::vector<OutcomePoint>& points, const std::vector<ImVec2>& places) {
    if (!ImPlot::IsPlotHovered()) {
        return;
    }
    const ImVec2 mouse = ImGui::GetMousePos();
    const float reach = ImGui::GetFontSize();
    size_t nearest = points.size();
    float best = reach * reach;
    for (size_t i = 0; i < places.size(); ++i) {
        const float x = places[i].x - mouse.x;
        const float y = places[i].y - mouse.y;
        if (x * x + y * y < best) {
            best = x * x + y * y;
            nearest = i;
        }
    }
    if (nearest < points.size()) {
        const OutcomePoint& point = points[nearest];
        ImGui::SetTooltip("%s%s\nmean reward %s nats, diversity %s\n%s", point.name.c_str(),
                          point.earlier ? ", an earlier run" : "", short_number(point.outcome.reward).c_str(),
                          short_number(point.outcome.diversity).c_str(), point.help.c_str());
    }
}

void draw_points(const PanelContext& context, const std::vector<OutcomePoint>& points, bool old, float height) {
    if (!ImPlot::BeginPlot(
            "##outcomes", {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return;
    }
    const Limits limits = limits_of(points);
    ImPlot::SetupAxes("diversity E |x - x'|", "mean log r", ImPlotAxisFlags_Lock, ImPlotAxisFlags_Lock);
    ImPlot::SetupAxisLimits(ImAxis_X1, limits.diversity.low, limits.diversity.high, ImPlotCond_Always);
    if (limits.reward.high - limits.reward.low > wide_rewards) {
        ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_SymLog);
        set_reward_ticks(limits.reward);
    }
    ImPlot::SetupAxisLimits(ImAxis_Y1, limits.reward.low, limits.reward.high, ImPlotCond_Always);
    ImPlot::SetupFinish();
    const bool light = context.view.light;
    const float radius = 0.33F * ImGui::GetFontSize();
    std::vector<ImVec2> places;
    places.reserve(points.size());
    for (const OutcomePoint& point : points) {
        places.push_back(ImPlot::PlotToPixels(point.outcome.diversity, point.outcome.reward));
    }
    ImPlot::PushPlotClipRect(1.5F * radius);
    {
        const Dimmed dimmed(*ImPlot::GetPlotDrawList(), old);
        draw_names(points, places, light);
        for (size_t i = 0; i < points.size(); ++i) {
            draw_marker(points[i], places[i], radius, colour_of(points[i], light), light);
        }
    }
    ImPlot::PopPlotClipRect();
    describe_nearest(points, places);
    ImPlot::EndPlot();
}

}  // namespace

void draw_outcomes(PanelContext& context, float room) {
    if (context.comparison == nullptr) {
        return;
    }
    const float top = ImGui::GetCursorPosY();
    draw_comparison(context);
    const ComparedProblem* problem = context.comparison->problem_of(context.scenario());
    const std::vector<OutcomePoint> points =
        problem == nullptr ? std::vector<OutcomePoint>{} : outcome_points(*problem);
    if (problem != nullptr) {
        ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).warning);
        for (const std::string& failure : outcome_failures(*problem)) {
            ImGui::TextWrapped("%s.", failure.c_str());
        }
        ImGui::PopStyleColor();
    }
    if (points.empty()) {
        ImGui::TextWrapped(
            "The points appear when the run has ended. A problem without a condition has no reward, and none to show.");
        return;
    }
    // Other methods' points are still those of the problem where only the method was edited.
    const bool old = context.stale && context.comparison->problem_of(context.session.scenario()) != problem;
    draw_points(context, points, old, rest_of(room, top));
}

}  // namespace drift
