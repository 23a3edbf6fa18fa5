#include "app/panels/data/overlay.h"

#include "app/theme.h"

#include "core/observable.h"

#include <imgui_internal.h>
#include <implot.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

ImVec2 pixel(const PlanePoint& point) {
    return ImPlot::PlotToPixels(static_cast<double>(point.x), static_cast<double>(point.y));
}

void stroke(const Polyline& line, ImU32 colour, float thickness) {
    static std::vector<ImVec2> pixels;  // of the interface thread, kept to spare an allocation a line
    pixels.clear();
    for (const PlanePoint& point : line) {
        pixels.push_back(pixel(point));
    }
    ImPlot::GetPlotDrawList()->AddPolyline(pixels.data(), static_cast<int>(pixels.size()), colour, thickness);
}

/// The innermost line is the strongest.
void stroke_all(const ContourSet& contours, const ImVec4& colour, float strength, float thickness) {
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < contours.size(); ++i) {
        const float alpha = strength * (1 - 0.27F * static_cast<float>(i));
        for (const Polyline& line : contours[i]) {
            stroke(line, to_u32(colour, alpha), thickness);
        }
    }
    ImPlot::PopPlotClipRect();
}

const ContourSet& contours_of(const PanelContext& context, DataView& data, ContourCache::Of of) {
    const Scene& scene = *context.scene();
    const double sigma =
        data.truth_at == TruthAt::Now ? noise_on(scene, data.space, context.frame()->numbers.sigma) : 0;
    return data.contours.get(scene, data.space, context.recording_id, of, sigma, data.axis_x, data.axis_y);
}

GridBox limits_as_box() {
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    return {limits.X.Min, limits.X.Max, limits.Y.Min, limits.Y.Max, 2, 2};
}

/// Measurements are drawn in the whole space only: on the line, or on the plane the right way round.
bool space_is_shown(const PanelContext& context, const DataView& data) {
    const int64_t d = context.scene() == nullptr || data.space == Space::Noise ? 0 : context.scene()->dimension();
    return d == 1 || (d == 2 && data.axis_x == 0 && data.axis_y == 1);
}

/// Where the edge of a half-space is, or null where the condition has none.
const double* offset_in(const ParamSet& params) {
    return params.contains("offset") ? std::get_if<double>(&params.at("offset").value) : nullptr;
}

/// The measurement with the observation that is being edited, which the run may not have answered yet.
LineMeasurement current_line(const PanelContext& context, const DataView& data, size_t index) {
    LineMeasurement line = context.scene()->lines[index];
    if (data.drag && data.drag->line == index) {
        line.y = data.drag->observation;
        return line;
    }
    const ParamSet& params = context.session.scenario().condition.params;
    if (line.edge) {
        if (const double* offset = offset_in(params)) {
            line.y = *offset;
        }
    } else if (params.contains("observation")) {
        if (const auto* array = std::get_if<Array>(&params.at("observation").value)) {
            if (array->data.size() == context.scene()->lines.size()) {
                line.y = array->data[index];
            }
        }
    }
    return line;
}

void edit_observation(PanelContext& context, size_t index, double value, bool finished) {
    context.edit(
        context.scene()->lines[index].edge ? "edge: drag" : "measurement: drag y",
        [index, value](Scenario& scenario) {
            if (offset_in(scenario.condition.params) != nullptr) {
                scenario.condition.params.set("offset", value);
                return;
            }
            Value changed = scenario.condition.params.at("observation").value;
            auto* array = std::get_if<Array>(&changed);
            if (array != nullptr && index < array->data.size()) {
                array->data[index] = value;
                scenario.condition.params.set("observation", changed);
            }
        },
        finished);
}

bool can_drag(const PanelContext& context) {
    const ParamSet& params = context.session.scenario().condition.params;
    if (context.scene()->lines.front().edge) {
        return offset_in(params) != nullptr;
    }
    return params.contains("observation") && std::holds_alternative<Array>(params.at("observation").value) &&
           std::get<Array>(params.at("observation").value).data.size() == context.scene()->lines.size();
}

void draw_handle(const ImVec2& at, const ImVec4& colour, bool active, float size) {
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddCircleFilled(at, active ? size * 1.2F : size, to_u32(colour));
    list.AddCircle(at, active ? size * 1.2F : size, IM_COL32(0, 0, 0, 160), 0, 1.5F);
    const float bar = 0.45F * size;
    for (const float x : {-0.22F * size, 0.22F * size}) {
        list.AddLine({at.x + x, at.y - bar}, {at.x + x, at.y + bar}, IM_COL32(0, 0, 0, 200), 1.5F);
    }
}

void drag_line(PanelContext& context, DataView& data, size_t index, const LineMeasurement& line, bool active) {
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    if (active && !data.drag) {
        data.drag = DataView::Drag{index, LineDrag(line, mouse.x, mouse.y), line.y};
    }
    if (!data.drag || data.drag->line != index) {
        return;
    }
    if (active && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2)) {
        const double wanted =
            observable(context.session.scenario().condition, data.drag->drag.observation_at(mouse.x, mouse.y));
        if (wanted != data.drag->observation) {
            data.drag->observation = wanted;
            edit_observation(context, index, wanted, false);
        }
    } else if (!active) {
        context.session.finish();
        data.drag.reset();
    }
}

}  // namespace

bool button_in_plot(const char* id, const ImVec2& corner, const ImVec2& size) {
    const ImVec2 before = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos(corner);
    ImGui::InvisibleButton(id, size);
    const bool active = ImGui::IsItemActive();
    ImGui::SetCursorScreenPos(before);
    // Where the plot ends the panel, Dear ImGui would take this for a place that something is missing from.
    ImGui::GetCurrentWindow()->DC.IsSetPos = false;
    return active;
}

void draw_prior_contours(const PanelContext& context, DataView& data) {
    if (!data.prior) {
        return;
    }
    const bool alone = !knows_posterior(*context.scene(), data.space);
    stroke_all(contours_of(context, data, ContourCache::Of::Prior), palette(context.view.light).faint,
               alone ? 0.7F : 0.42F, 1);
}

void draw_truth_contours(const PanelContext& context, DataView& data) {
    if (!context.view.truth) {
        return;
    }
    const auto& contours = contours_of(context, data, ContourCache::Of::Posterior);
    // A dark line under the light one (or the reverse) keeps the contour visible over particles of any colour.
    const Palette& colours = palette(context.view.light);
    stroke_all(contours, colours.background, 0.8F, 3.2F);
    stroke_all(contours, colours.truth, 1, 1.6F);
}

void draw_measurement_bands(PanelContext& context, DataView& data) {
    if (!space_is_shown(context, data)) {
        return;
    }
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < context.scene()->lines.size(); ++i) {
        const LineMeasurement line = current_line(context, data, i);
        std::vector<ImVec2> corners;
        const GridBox box = limits_as_box();
        for (const PlanePoint& point : line.edge ? left_out_in_box(line, box) : band_in_box(line, line.noise, box)) {
            corners.push_back(pixel(point));
        }
        ImPlot::GetPlotDrawList()->AddConvexPolyFilled(corners.data(), static_cast<int>(corners.size()),
                                                       to_u32(palette(context.view.light).measurement, 0.13F));
    }
    ImPlot::PopPlotClipRect();
}

void draw_measurement_lines(PanelContext& context, DataView& data) {
    if (!space_is_shown(context, data)) {
        return;
    }
    const ImVec4 colour = palette(context.view.light).measurement;
    const float em = ImGui::GetFontSize();
    for (size_t i = 0; i < context.scene()->lines.size(); ++i) {
        const LineMeasurement line = current_line(context, data, i);
        const auto visible = line_in_box(line, limits_as_box());
        if (!visible && !data.drag) {
            continue;
        }
        const ImVec2 from = visible ? pixel(visible->first) : ImVec2{};
        const ImVec2 to = visible ? pixel(visible->second) : ImVec2{};
        const ImVec2 rest{from.x + 0.14F * (to.x - from.x), from.y + 0.14F * (to.y - from.y)};
        ImPlot::PushPlotClipRect();
        ImPlot::GetPlotDrawList()->AddLine(from, to, to_u32(colour), 2);
        ImPlot::PopPlotClipRect();
        if (!can_drag(context)) {
            continue;
        }
        // The handle rests near one end; the whole line can be gripped, so the button goes to the mouse when it is
        // near.
        ImVec2 grip = rest;
        const ImVec2 mouse = ImGui::GetMousePos();
        const ImPlotPoint at = ImPlot::GetPlotMousePos();
        const ImVec2 near = pixel(nearest_on_line(line, at.x, at.y));
        const bool holding = data.drag && data.drag->line == i;
        if (holding || (ImPlot::IsPlotHovered() && std::hypot(near.x - mouse.x, near.y - mouse.y) < 0.5F * em)) {
            grip = holding ? mouse : near;
        }
        ImGui::PushID(static_cast<int>(i));
        const float size = 1.5F * em;
        const bool active = button_in_plot("measurement", {grip.x - size / 2, grip.y - size / 2}, {size, size});
        const bool hovered = ImGui::IsItemHovered();
        ImGui::PopID();
        drag_line(context, data, i, line, active);
        ImPlot::PushPlotClipRect();
        draw_handle(holding ? near : rest, colour, hovered || active, 0.45F * em);
        ImPlot::PopPlotClipRect();
        if (hovered || active) {
            ImGui::SetMouseCursor(std::abs(line.a[0]) > std::abs(line.a[1]) ? ImGuiMouseCursor_ResizeEW
                                                                            : ImGuiMouseCursor_ResizeNS);
            if (line.edge) {
                ImGui::SetTooltip(
                    "Edge of the half-space, at %.4g: the shaded side is not wanted\nDrag it: the run "
                    "answers.",
                    line.y);
            } else {
                ImGui::SetTooltip("Measurement y = %.4g, standard deviation %.3g\nDrag it: the run answers.", line.y,
                                  line.noise);
            }
        }
    }
}

void draw_measurement_in_noise(const PanelContext& context, const DataView& data) {
    const Scene& scene = *context.scene();
    if (data.space != Space::Noise || !scene.decoder_grid || data.axis_x != 0 || data.axis_y != 1) {
        return;
    }
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < scene.lines.size(); ++i) {
        for (const Polyline& line : line_in_noise(current_line(context, data, i), *scene.decoder_grid)) {
            stroke(line, to_u32(palette(context.view.light).measurement, 0.8F), 1.5F);
        }
    }
    ImPlot::PopPlotClipRect();
}

void watch_hand(DataView& data) {
    if (!ImPlot::IsPlotHovered()) {
        return;
    }
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        data.follow_noise = true;
    } else if (ImGui::GetIO().MouseWheel != 0 || (ImGui::IsMouseDragging(ImGuiMouseButton_Left) && !data.drag &&
                                                  !data.brush_from && !ImGui::IsAnyItemHovered())) {
        data.follow_noise = false;
    }
}

}  // namespace drift
