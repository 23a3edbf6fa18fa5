#include "app/panels/schedule/curve_plot.h"

#include "app/panels/borderless.h"
#include "app/panels/dimmed.h"
#include "app/panels/schedule/curve_keys.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace drift {
namespace {

constexpr double reach = 9;  // pixels around the line that grip it
constexpr int samples = 360;
constexpr float hatching = 9;  // pixels from line to line

bool is_logarithmic(const ScheduleView& schedule, const CurveSource& source) {
    const auto chosen = schedule.logarithmic.find(source.target.key);
    return !source.noise && (chosen == schedule.logarithmic.end() ? source.logarithmic : chosen->second);
}

/// A range that shows the curve and some room to drag, steady while a gesture goes on.
void update_range(ScheduleView& schedule, const CurveSource& source, bool logarithmic) {
    if (schedule.editor.dragging()) {
        return;
    }
    const Curve& curve = schedule.editor.curve();
    double low = curve.min_value();
    double high = curve.max_value();
    if (schedule.preview) {
        low = std::min(low, schedule.preview->min_value());
        high = std::max(high, schedule.preview->max_value());
    }
    const CurveLimits& limits = source.limits;
    if (source.noise) {
        schedule.v_min = std::max(low - 1.2, limits.min - 0.5);
        schedule.v_max = std::min(high + 1.2, limits.max + 0.5);
    } else if (logarithmic) {
        const double least = std::max(limits.min, 1e-3 * std::max(high, 1e-6));
        schedule.v_min = std::max((low > 0 ? low : least) / 5, std::max(limits.min / 1.3, 1e-9));
        schedule.v_max = std::min(std::max(high, schedule.v_min * 10) * 5, limits.max * 1.3);
    } else {
        const double span = std::min(limits.max - limits.min, std::max({1.6 * (high - limits.min), 1e-6}));
        const double shown = limits.max - limits.min <= 3 ? limits.max - limits.min : span;
        schedule.v_min = limits.min - 0.05 * shown;
        schedule.v_max = limits.min + 1.06 * shown;
    }
}

CurveAxes axes_of_plot(const ScheduleView& schedule, bool logarithmic) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const ImVec2 size = ImPlot::GetPlotSize();
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    return {static_cast<double>(corner.x),
            static_cast<double>(corner.y),
            static_cast<double>(size.x),
            static_cast<double>(size.y),
            limits.X.Min,
            limits.X.Max,
            schedule.v_min,
            schedule.v_max,
            logarithmic};
}

ImVec2 pixel(const CurveAxes& axes, const Knot& knot) {
    const PixelPoint at = axes.to_pixel(knot);
    return {static_cast<float>(at.x), static_cast<float>(at.y)};
}

/// Diagonal lines over a rectangle of the plot: not allowed.
void hatch(ImVec2 from, ImVec2 to, ImU32 colour) {
    if (to.y - from.y < 1 || to.x - from.x < 1) {
        return;
    }
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.PushClipRect(from, to, true);
    const float height = to.y - from.y;
    const auto lines = static_cast<int>((to.x - from.x + height) / hatching) + 1;
    for (int i = 0; i < lines; ++i) {
        const float x = from.x - height + hatching * static_cast<float>(i);
        list.AddLine({x, to.y}, {x + height, from.y}, colour, 1);
    }
    list.PopClipRect();
}

void draw_forbidden(const CurveAxes& axes, const CurveLimits& limits, const CurveEditor& editor, ImU32 colour) {
    const auto left = static_cast<float>(axes.left);
    const auto right = static_cast<float>(axes.left + axes.width);
    const auto top = static_cast<float>(axes.top);
    const auto bottom = static_cast<float>(axes.top + axes.height);
    if (limits.max < axes.v_max) {
        hatch({left, top}, {right, pixel(axes, {0, limits.max}).y}, colour);
    }
    if (limits.min > axes.v_min) {
        hatch({left, pixel(axes, {0, limits.min}).y}, {right, bottom}, colour);
    }
    const int i = editor.selected();
    if (limits.decreasing && i >= 0) {  // a knot stays between its neighbours
        const std::vector<Knot>& knots = editor.curve().knots();
        const auto index = static_cast<size_t>(i);
        const float from = index > 0 ? pixel(axes, knots[index - 1]).x : left;
        const float to = index + 1 < knots.size() ? pixel(axes, knots[index + 1]).x : right;
        if (index > 0) {
            hatch({from, top}, {to, pixel(axes, knots[index - 1]).y}, colour);
        }
        if (index + 1 < knots.size()) {
            hatch({from, pixel(axes, knots[index + 1]).y}, {to, bottom}, colour);
        }
    }
}

void draw_line(const CurveAxes& axes, const Curve& curve, ImU32 colour, float thickness, bool dashed) {
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    std::vector<ImVec2> points;
    for (int i = 0; i <= samples; ++i) {
        const double u = static_cast<double>(i) / samples;
        points.push_back(pixel(axes, {u, curve.at(u)}));
    }
    if (!dashed) {
        list.AddPolyline(points.data(), static_cast<int>(points.size()), colour, thickness);
        return;
    }
    for (size_t i = 0; i + 5 < points.size(); i += 9) {
        list.AddPolyline(points.data() + i, 6, colour, thickness);
    }
}

/// sigma(u) and tau(u) as they were in the run, scaled to the height of the plot in logarithms.
void draw_noise_lines(const PanelContext& context, const CurveAxes& axes) {
    const Scene& scene = *context.scene();
    const int64_t steps = steps_of(context);
    const double high = std::log(scene.sigma.front());
    const double low = std::log(std::max(scene.sigma[static_cast<size_t>(steps - 1)], 1e-9)) - 1;
    const auto place = [&](int64_t k, double value) {
        const double u = steps > 1 ? static_cast<double>(k) / static_cast<double>(steps - 1) : 0;
        const double share = std::clamp((std::log(std::max(value, 1e-12)) - low) / (high - low), 0.0, 1.0);
        const ImVec2 at = pixel(axes, {u, axes.v_min});
        return ImVec2{at.x, static_cast<float>(axes.top + axes.height * (1 - 0.92 * share))};
    };
    std::vector<ImVec2> sigma;
    std::vector<ImVec2> tau;
    for (int64_t k = 0; k < steps; ++k) {
        sigma.push_back(place(k, scene.sigma[static_cast<size_t>(k)]));
        if (k + 1 < context.recording.size()) {
            tau.push_back(place(k, context.recording.at(k + 1)->numbers.tau));
        }
    }
    const ImVec4 faint = palette(context.view.light).faint;
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddPolyline(sigma.data(), static_cast<int>(sigma.size()), to_u32(faint, 0.8F), 1.2F);
    list.AddPolyline(tau.data(), static_cast<int>(tau.size()), to_u32(palette(context.view.light).particle, 0.7F),
                     1.2F);
    const float em = ImGui::GetFontSize();
    list.AddText({sigma.front().x + 0.4F * em, sigma.front().y + 0.1F * em}, to_u32(faint), "sigma");
    if (tau.size() > 2) {
        list.AddText({tau[1].x + 0.4F * em, tau[1].y + 0.2F * em}, to_u32(palette(context.view.light).particle), "tau");
    }
}

void draw_handles(const CurveAxes& axes, const CurveEditor& editor, int hovered, bool light) {
    const Palette& colours = palette(light);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const float radius = 0.36F * ImGui::GetFontSize();
    for (size_t i = 0; i < editor.curve().knots().size(); ++i) {
        const ImVec2 at = pixel(axes, editor.curve().knots()[i]);
        const bool selected = static_cast<int>(i) == editor.selected();
        const bool hot = static_cast<int>(i) == hovered;
        list.AddCircleFilled(at, hot || selected ? radius * 1.25F : radius, to_u32(colours.background));
        list.AddCircleFilled(at, (hot || selected ? radius * 1.25F : radius) - 2, to_u32(colours.guidance));
        if (selected) {
            list.AddCircle(at, radius * 1.25F + 2.5F, to_u32(colours.text), 0, 2);
        }
    }
}

/// Gestures with the mouse on the button that was just submitted.
void drag_by_button(PanelContext& context, ScheduleView& schedule, const CurveSource& source, const CurveAxes& axes,
                    int knot) {
    CurveEditor& editor = schedule.editor;
    const ImVec2 at = ImGui::GetMousePos();
    const PixelPoint mouse{static_cast<double>(at.x), static_cast<double>(at.y)};
    if (ImGui::IsItemActivated() && ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
        take_typed(context, schedule, source);
        finish_nudge(schedule, context.session);
        knot >= 0 ? editor.begin_drag(axes, knot, mouse) : editor.begin_line_drag(axes, mouse);
    }
    if (ImGui::IsItemActive() && editor.dragging()) {
        const ImGuiIO& io = ImGui::GetIO();
        if (editor.drag_to(axes, mouse, {io.KeyShift, io.KeyCtrl, io.KeyAlt})) {
            store_edit(context, schedule, source, false);
        }
    }
    if (ImGui::IsItemDeactivated() && editor.dragging()) {
        editor.end_gesture();
        context.session.finish();
    }
}

void place_button(const char* id, const ImVec2& at, float size) {
    const ImVec2 before = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos({at.x - size / 2, at.y - size / 2});
    ImGui::InvisibleButton(id, {size, size});
    ImGui::SetCursorScreenPos(before);
}

/// Buttons over the knots; returns the knot under the mouse or -1.
int handle_knots(PanelContext& context, ScheduleView& schedule, const CurveSource& source, const CurveAxes& axes) {
    CurveEditor& editor = schedule.editor;
    const float size = std::max(24.0F, 1.5F * ImGui::GetFontSize());
    int hovered = -1;
    int removed = -1;
    for (size_t i = 0; i < editor.curve().knots().size(); ++i) {
        const auto index = static_cast<int>(i);
        char id[24];
        std::snprintf(id, sizeof id, "knot %d", index + 1);
        place_button(id, pixel(axes, editor.curve().knots()[i]), size);
        drag_by_button(context, schedule, source, axes, index);
        if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
            hovered = index;
            ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
        }
        if (ImGui::IsItemClicked(ImGuiMouseButton_Right)) {
            removed = index;
        }
    }
    if (removed >= 0) {
        take_typed(context, schedule, source);
        if (editor.remove(removed)) {
            drop_typed(schedule);
            store_edit(context, schedule, source, true);
        }
    }
    return removed >= 0 ? -1 : hovered;
}

void handle_line(PanelContext& context, ScheduleView& schedule, const CurveSource& source, const CurveAxes& axes,
                 int hovered_knot) {
    CurveEditor& editor = schedule.editor;
    const ImVec2 at = ImGui::GetMousePos();
    const PixelPoint mouse{static_cast<double>(at.x), static_cast<double>(at.y)};
    const bool near = hovered_knot < 0 && ImPlot::IsPlotHovered() && editor.line_at(axes, mouse, reach);
    // Far away it hides in a corner, because a button that comes and goes loses the mouse.
    place_button(
        "line",
        near || editor.dragging() ? at : ImVec2{static_cast<float>(axes.left) + 4, static_cast<float>(axes.top) + 4},
        8);
    if (hovered_knot < 0) {
        drag_by_button(context, schedule, source, axes, -1);
    }
    if (near) {
        ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNS);
    }
    const bool inside = ImPlot::IsPlotHovered() || ImGui::IsItemHovered();
    if (inside && hovered_knot < 0 && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        const Knot knot = axes.to_knot(mouse);
        editor.end_gesture();
        if (editor.add(knot.u, knot.value)) {
            store_edit(context, schedule, source, true);
        }
    }
}

/// While F is held the mouse draws a line instead.
bool handle_freehand(PanelContext& context, ScheduleView& schedule, const CurveSource& source, const CurveAxes& axes) {
    CurveEditor& editor = schedule.editor;
    const bool drawing = !editor.freehand_line().empty();
    const bool asked = ImGui::IsKeyDown(ImGuiKey_F) && !ImGui::GetIO().WantTextInput &&
                       ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows);
    if (!drawing && (!asked || editor.dragging())) {
        return false;
    }
    context.view.keys_taken.push_back(ImGuiKey_F);  // which follows the run elsewhere, and here draws or does nothing
    const ImVec2 before = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos({static_cast<float>(axes.left), static_cast<float>(axes.top)});
    ImGui::InvisibleButton("freehand", {static_cast<float>(axes.width), static_cast<float>(axes.height)});
    ImGui::SetCursorScreenPos(before);
    const ImVec2 at = ImGui::GetMousePos();
    const PixelPoint mouse{static_cast<double>(at.x), static_cast<double>(at.y)};
    if (ImGui::IsItemActivated()) {
        editor.begin_freehand(axes, mouse);
    } else if (ImGui::IsItemActive()) {
        editor.freehand_to(axes, mouse);
    }
    if (ImGui::IsItemDeactivated() && editor.end_gesture()) {
        store_edit(context, schedule, source, true);
    }
    std::vector<ImVec2> line;
    for (const Knot& knot : editor.freehand_line()) {
        line.push_back(pixel(axes, knot));
    }
    ImPlot::GetPlotDrawList()->AddPolyline(line.data(), static_cast<int>(line.size()),
                                           to_u32(palette(context.view.light).text), 2);
    return true;
}

void setup_axes(const PanelContext& context, const ScheduleView& schedule, const CurveSource& source,
                bool logarithmic) {
    const auto& sigma = context.scene() == nullptr ? std::vector<double>{} : context.scene()->sigma;
    StepTicks ticks = step_ticks(schedule.axis, steps_of(context), sigma);
    ticks.ends = ends_of(context);
    if (ticks.title == "step" && training_shown(context) != nullptr) {
        ticks.title = "iteration";
    }
    setup_step_axis(ticks, true);
    ImPlot::SetupAxis(ImAxis_Y1, source.noise ? "sigma" : source.name.c_str(),
                      ImPlotAxisFlags_Lock | ImPlotAxisFlags_NoMenus);
    if (logarithmic) {
        ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
    }
    ImPlot::SetupAxisLimits(ImAxis_Y1, schedule.v_min, schedule.v_max, ImPlotCond_Always);
    if (source.noise) {
        static const double levels[] = {0.001, 0.01, 0.1, 1, 10, 100};
        static const char* const labels[] = {"0.001", "0.01", "0.1", "1", "10", "100"};
        double places[6];
        std::transform(std::begin(levels), std::end(levels), places, [](double level) { return std::log(level); });
        ImPlot::SetupAxisTicks(ImAxis_Y1, places, 6, labels);
    }
}

void draw_value_tip(const CurveSource& source, const CurveEditor& editor, int knot) {
    const Knot& at = editor.curve().knots()[static_cast<size_t>(knot)];
    ImGui::SetTooltip("knot %d: u = %.3f, %s = %.4g", knot + 1, at.u, source.noise ? "sigma" : source.name.c_str(),
                      source.noise ? std::exp(at.value) : at.value);
}

}  // namespace

void store_edit(PanelContext& context, ScheduleView& schedule, const CurveSource& source, bool finished) {
    const Curve curve = schedule.editor.curve();
    const CurveTarget target = source.target;
    context.edit(
        source.name + ": " + schedule.editor.deed(),
        [curve, target](Scenario& scenario) { store_curve(scenario, target, curve); }, finished);
}

void draw_curve_plot(PanelContext& context, ScheduleView& schedule, const CurveSource& source, float height) {
    const bool logarithmic = is_logarithmic(schedule, source);
    update_range(schedule, source, logarithmic);
    const Borderless plot;
    if (!ImPlot::BeginPlot(
            "##curve", {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return;
    }
    setup_axes(context, schedule, source, logarithmic);
    ImPlot::SetupFinish();
    const CurveAxes axes = axes_of_plot(schedule, logarithmic);
    CurveEditor& editor = schedule.editor;
    const Palette& colours = palette(context.view.light);
    ImPlot::PushPlotClipRect(2);
    draw_forbidden(axes, source.limits, editor, to_u32(colours.faint, 0.35F));
    if (schedule.noise_lines && !source.noise && context.scene() != nullptr && context.scene()->sigma.size() > 2) {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_noise_lines(context, axes);
    }
    const ImVec2 head = pixel(axes, {place_shown(context), axes.v_min});
    ImPlot::GetPlotDrawList()->AddLine({head.x, static_cast<float>(axes.top)}, {head.x, head.y},
                                       to_u32(colours.playhead, 0.7F), 1.5F);
    if (editor.before() && !(*editor.before() == editor.curve())) {
        draw_line(axes, *editor.before(), to_u32(colours.faint, 0.55F), 1.5F, true);
    }
    if (schedule.preview) {
        draw_line(axes, *schedule.preview, to_u32(colours.guidance, 0.7F), 2, true);
    }
    draw_line(axes, editor.curve(), to_u32(colours.guidance), 2.5F, false);
    int hovered = -1;
    if (!handle_freehand(context, schedule, source, axes)) {
        hovered = handle_knots(context, schedule, source, axes);
        handle_line(context, schedule, source, axes, hovered);
    }
    if (is_ladder(context, source)) {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_rungs_on_curve(context, hovered < 0 && !editor.dragging());
    }
    draw_handles(axes, editor, hovered, context.view.light);
    ImPlot::PopPlotClipRect();
    if (hovered >= 0 && hovered < static_cast<int>(editor.curve().knots().size())) {
        draw_value_tip(source, editor, hovered);
    }
    handle_curve_keys(context, schedule, source);
    ImPlot::EndPlot();
}

}  // namespace drift
