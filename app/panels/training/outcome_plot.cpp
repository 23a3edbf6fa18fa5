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

constexpr int64_t shown_colours = 6;  // that can be told apart on a pale ground, too
constexpr double wide_rewards = 30;   // nats: beyond that the axis is one of logarithms at both ends

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
    // More methods than colours: those beyond are filled diamonds.
    const int corners = point.colour < shown_colours ? 0 : 4;
    const float size = point.earlier ? 0.6F * radius : radius;
    list.AddNgonFilled(at, radius + 1.5F, to_u32(palette(light).background), 24);
    list.AddNgonFilled(at, corners == 0 ? size : 1.2F * size, to_u32(colour, point.earlier ? 0.6F : 1),
                       corners == 0 ? 24 : corners);
}

ImVec4 colour_of(const OutcomePoint& point, bool light) {
    if (point.colour >= 0) {
        return category_colour(point.colour % shown_colours, light);
    }
    return point.name == "exact posterior" ? palette(light).truth : palette(light).faint;
}

/// Names beside the markers, with a line to their own. Those without room are left to the tooltip and the table.
void draw_names(const std::vector<OutcomePoint>& points, const std::vector<ImVec2>& places, bool light) {
    const float em = ImGui::GetFontSize();
    const float radius = 0.45F * em;
    std::vector<Box> markers;
    std::vector<float> widths;
    for (size_t i = 0; i < points.size(); ++i) {
        markers.push_back({places[i].x - radius, places[i].y - radius, 2 * radius, 2 * radius});
        widths.push_back(points[i].earlier ? 0 : ImGui::CalcTextSize(points[i].name.c_str()).x + 4);
    }
    const ImVec2 corner = ImPlot::GetPlotPos();
    const ImVec2 size = ImPlot::GetPlotSize();
    const std::vector<Box> boxes = place_names(markers, widths, em, {corner.x, corner.y, size.x, size.y});
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    for (size_t i = 0; i < boxes.size(); ++i) {
        const Box& box = boxes[i];
        if (box.width == 0) {
            continue;
        }
        const ImVec2 foot{std::clamp(places[i].x, box.x, box.x + box.width),
                          std::clamp(places[i].y, box.y, box.y + box.height)};
        list.AddLine(places[i], foot, to_u32(palette(light).faint, 0.6F), 1);
        list.AddRectFilled({box.x, box.y}, {box.x + box.width, box.y + box.height},
                           to_u32(palette(light).background, 0.75F), 2);
        list.AddText({box.x + 2, box.y}, to_u32(palette(light).text), points[i].name.c_str());
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

void draw_title() {
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

/// In one line: the plot needs the room. The table of methods has every sentence.
void draw_failures(const std::vector<std::string>& failures, const ImVec4& colour) {
    if (failures.empty()) {
        return;
    }
    const std::string text = counted(static_cast<int64_t>(failures.size()), "methods") + " without a point";
    flow(ImGui::CalcTextSize(text.c_str()).x);
    ImGui::TextColored(colour, "%s", text.c_str());
    std::string sentences;
    for (const std::string& failure : failures) {
        sentences += failure + ".\n";
    }
    help_tooltip({sentences, {}, "Methods shows this beside the numbers of the others."});
}

}  // namespace

void draw_outcomes(PanelContext& context, float room) {
    if (context.comparison == nullptr) {
        return;
    }
    const float top = ImGui::GetCursorPosY();
    draw_comparison(context);
    if (!context.comparison->running()) {  // else its progress stands there
        draw_title();
    }
    const ComparedProblem* problem = context.comparison->problem_of(context.scenario());
    const std::vector<OutcomePoint> points =
        problem == nullptr ? std::vector<OutcomePoint>{} : outcome_points(*problem);
    if (problem != nullptr) {
        draw_failures(outcome_failures(*problem), palette(context.view.light).warning);
    }
    if (points.empty()) {
        ImGui::TextWrapped(
            "The points appear when the run has ended. A problem without a condition has no reward, and none to show.");
        return;
    }
    // Other methods' points are still those of the problem where only the method was edited.
    const bool old = context.stale && context.comparison->problem_of(context.session.scenario()) != problem;
    const float least = 9.5F * ImGui::GetFontSize();  // a lower plot has no room for names
    draw_points(context, points, old, std::max(rest_of(room, top), least));
}

}  // namespace drift
