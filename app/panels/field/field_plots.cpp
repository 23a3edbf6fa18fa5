#include "app/panels/field/field_plots.h"

#include "app/gl/graphics.h"
#include "app/panels/borderless.h"
#include "app/panels/data/arrow.h"
#include "app/panels/data/overlay.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace drift {
namespace {

constexpr size_t most_dots = 300;      // particles, to show where the field matters
constexpr double most_octaves = 3;     // of the ratio, at either end of the colours
constexpr float longest_arrow = 2.2F;  // in cells of the grid

/// Values at the grid points in diverging colours.
struct HeatMap {
    const char* title;
    const std::vector<float>& values;
    double most;  // at the end of the colours
    std::vector<std::pair<double, const char*>> marks;
};

ImVec2 pixel(double x, double y) {
    return ImPlot::PlotToPixels(x, y);
}

/// The whole grid, as large as the plots can show it.
void follow_noise(FieldView& view) {
    const GridBox& box = view.field->box;
    const double width = static_cast<double>(std::max(view.plot_size.x, 1.0F));
    const double height = static_cast<double>(std::max(view.plot_size.y, 1.0F));
    const double per_pixel = 1.06 * (box.x_max - box.x_min) / std::min(width, height);
    const double x = (box.x_min + box.x_max) / 2;
    const double y = (box.y_min + box.y_max) / 2;
    view.x_min = x - per_pixel * width / 2;
    view.x_max = x + per_pixel * width / 2;
    view.y_min = y - per_pixel * height / 2;
    view.y_max = y + per_pixel * height / 2;
}

/// All plots look at the same part of the plane; the one under the mouse may move it.
bool begin_plane(const char* id, const ImVec2& size, FieldView& view) {
    if (!ImPlot::BeginPlot(id, size, ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect)) {
        return false;
    }
    if (view.follow_noise) {
        follow_noise(view);
    }
    ImPlot::SetupAxes("x1", "x2");
    ImPlot::SetupAxisLinks(ImAxis_X1, &view.x_min, &view.x_max);
    ImPlot::SetupAxisLinks(ImAxis_Y1, &view.y_min, &view.y_max);
    ImPlot::SetupFinish();
    return true;
}

void end_plane(FieldView& view) {
    view.plot_size = ImPlot::GetPlotSize();
    if (ImPlot::IsPlotHovered()) {
        if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
            view.follow_noise = true;
        } else if (ImGui::GetIO().MouseWheel != 0 || ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
            view.follow_noise = false;
        }
    }
    ImPlot::EndPlot();
}

void draw_title(const char* title, const ImVec4& colour) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const ImVec2 size = ImGui::CalcTextSize(title);
    const float pad = 0.3F * ImGui::GetFontSize();
    const ImVec2 at{corner.x + 2 * pad, corner.y + 2 * pad};
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddRectFilled({at.x - pad, at.y - pad / 2}, {at.x + size.x + pad, at.y + size.y + pad / 2},
                       ImGui::GetColorU32(ImGuiCol_WindowBg, 0.85F), pad);
    list.AddText(at, to_u32(colour), title);
}

void draw_particles(const PanelContext& context) {
    const Frame& frame = *context.frame();
    const auto n = static_cast<size_t>(frame.count);
    const size_t stride = std::max<size_t>((n + most_dots - 1) / most_dots, 1);
    const Palette& colours = palette(context.view.light);
    const ImU32 dot = to_u32(colours.faint, 0.85F);
    const ImU32 rim = to_u32(colours.background, 0.8F);
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < n; i += stride) {
        const PlanePoint place = place_of(frame, Space::Data, i, 0, 1);
        if (std::isfinite(place.x + place.y)) {
            const ImVec2 at = pixel(static_cast<double>(place.x), static_cast<double>(place.y));
            ImPlot::GetPlotDrawList()->AddCircleFilled(at, 2.6F, rim, 8);
            ImPlot::GetPlotDrawList()->AddCircleFilled(at, 1.8F, dot, 8);
        }
    }
    ImPlot::PopPlotClipRect();
}

double number(float value) {
    return static_cast<double>(value);
}

/// The grid point nearest to the mouse with everything that is known of it.
void describe_point(const FieldView& view) {
    if (!ImPlot::IsPlotHovered() || ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
        return;
    }
    const GridBox& box = view.field->box;
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    const double step = (box.x_max - box.x_min) / (box.columns - 1);
    const auto column = static_cast<int>(std::lround((mouse.x - box.x_min) / step));
    const auto row = static_cast<int>(std::lround((mouse.y - box.y_min) / step));
    if (column < 0 || column >= box.columns || row < 0 || row >= box.rows || !ImGui::BeginTooltip()) {
        return;
    }
    const auto i = static_cast<size_t>(row * box.columns + column);
    const std::vector<float>& method = view.field->method;
    const std::vector<float>& exact = view.field->exact;
    ImGui::Text("at x = (%.3g, %.3g)", box.x_min + step * column, box.y_min + step * row);
    ImGui::Text("method: shift (%.3g, %.3g)", number(method[2 * i]), number(method[2 * i + 1]));
    ImGui::Text("exact:  shift (%.3g, %.3g)", number(exact[2 * i]), number(exact[2 * i + 1]));
    ImGui::Text("cosine %.3f, |method| / |exact| %.3g", number(view.field->agreement.cosine[i]),
                std::exp2(number(view.field->agreement.log_ratio[i])));
    ImGui::TextDisabled("shift = zeta sigma^2 grad log psi; exact: sigma^2 grad log p(y | x_sigma)");
    ImGui::EndTooltip();
}

/// One arrow from every grid point.
void draw_vectors(const FieldView& view, const std::vector<float>& vectors, double scale, float cell, ImU32 colour) {
    const GridBox& box = view.field->box;
    ImPlot::PushPlotClipRect();
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.columns; ++column) {
            const auto i = static_cast<size_t>(row * box.columns + column);
            const float dx = static_cast<float>(scale) * vectors[2 * i];
            const float dy = -static_cast<float>(scale) * vectors[2 * i + 1];
            const float shrink = std::min(1.0F, longest_arrow * cell / std::max(std::hypot(dx, dy), 1.0F));
            if (std::isfinite(dx + dy)) {
                const ImVec2 at = pixel(box.x_min + (box.x_max - box.x_min) * column / (box.columns - 1),
                                        box.y_min + (box.y_max - box.y_min) * row / (box.rows - 1));
                draw_arrow(at, shrink * dx, shrink * dy, colour);
            }
        }
    }
    ImPlot::PopPlotClipRect();
}

void draw_cells(const FieldView& view, const HeatMap& map, bool light) {
    const GridBox& box = view.field->box;
    const double half = (box.x_max - box.x_min) / (box.columns - 1) / 2;
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    ImPlot::PushPlotClipRect();
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.columns; ++column) {
            const float value = map.values[static_cast<size_t>(row * box.columns + column)];
            if (std::isnan(value)) {
                continue;  // one of the two is nought there
            }
            const double x = box.x_min + 2 * half * column;
            const double y = box.y_min + 2 * half * row;
            list.AddRectFilled(pixel(x - half, y + half), pixel(x + half, y - half),
                               to_u32(diverging_colour(number(value) / map.most, light)));
        }
    }
    ImPlot::PopPlotClipRect();
}

/// The colours with their values, at the right border of the plot: narrow, for the map below it is what counts.
void draw_colour_bar(const HeatMap& map, bool light) {
    const float em = ImGui::GetFontSize();
    const ImVec2 corner = ImPlot::GetPlotPos();
    const ImVec2 size = ImPlot::GetPlotSize();
    float widest = 0;
    for (const auto& mark : map.marks) {
        widest = std::max(widest, ImGui::CalcTextSize(mark.second).x);
    }
    const float height = std::min(size.y - 2 * em, 8 * em);
    const float right = corner.x + size.x - 0.5F * em;
    const float left = right - widest - 1.3F * em;
    const float top = corner.y + (size.y - height) / 2;
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddRectFilled({left - 0.4F * em, top - 0.8F * em}, {right + 0.2F * em, top + height + 0.8F * em},
                       ImGui::GetColorU32(ImGuiCol_WindowBg, 0.85F), 0.3F * em);
    const int pieces = 48;
    for (int i = 0; i < pieces; ++i) {
        const float y = top + height * static_cast<float>(i) / pieces;
        list.AddRectFilled({left, y}, {left + 0.8F * em, y + height / pieces + 1},
                           to_u32(diverging_colour(1 - 2 * (i + 0.5) / pieces, light)));
    }
    for (const auto& [value, text] : map.marks) {
        const float y = top + height * static_cast<float>(0.5 - 0.5 * value / map.most);
        list.AddLine({left, y}, {left + 0.95F * em, y}, to_u32(palette(light).text), 1);
        list.AddText({left + 1.2F * em, y - 0.5F * em}, to_u32(palette(light).text), text);
    }
}

void draw_heat_map(PanelContext& context, FieldView& view, const ImVec2& size, const HeatMap& map) {
    if (!begin_plane((std::string("##") + map.title).c_str(), size, view)) {
        return;
    }
    draw_cells(view, map, context.view.light);
    draw_truth_contours(context, context.graphics->data);
    draw_particles(context);
    draw_title(map.title, palette(context.view.light).text);
    draw_colour_bar(map, context.view.light);
    describe_point(view);
    end_plane(view);
}

ImVec2 half_of_the_row(float height) {
    return {(ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ItemSpacing.x) / 2, height};
}

}  // namespace

void draw_field_arrows(PanelContext& context, FieldView& view, float height) {
    const Palette& colours = palette(context.view.light);
    const GridBox& box = view.field->box;
    const double cell =
        (box.x_max - box.x_min) / (box.columns - 1) * static_cast<double>(view.plot_size.x) / (view.x_max - view.x_min);
    std::vector<double> lengths;
    for (size_t i = 0; i < view.field->exact.size(); i += 2) {
        lengths.push_back(std::hypot(number(view.field->exact[i]), number(view.field->exact[i + 1])));
    }
    const double scale = arrow_scale(std::move(lengths), cell);
    const ImVec2 size = half_of_the_row(height);
    const Borderless plots;
    for (const bool exact : {false, true}) {
        if (begin_plane(exact ? "##exact field" : "##method field", size, view)) {
            draw_truth_contours(context, context.graphics->data);
            draw_particles(context);
            const ImVec4& colour = exact ? colours.score : colours.guidance;
            draw_vectors(view, exact ? view.field->exact : view.field->method, scale, static_cast<float>(cell),
                         to_u32(colour));
            draw_title(exact ? "exact guidance" : "guidance of the method", colour);
            describe_point(view);
            end_plane(view);
        }
        if (!exact) {
            ImGui::SameLine();
        }
    }
}

void draw_field_agreement(PanelContext& context, FieldView& view, float height) {
    const ImVec2 size = half_of_the_row(height);
    const Agreement& agreement = view.field->agreement;
    const Borderless plots;
    draw_heat_map(context, view, size, {"cosine of the angle", agreement.cosine, 1, {{1, "1"}, {0, "0"}, {-1, "-1"}}});
    ImGui::SameLine();
    draw_heat_map(context, view, size,
                  {"|method| / |exact|",
                   agreement.log_ratio,
                   most_octaves,
                   {{3, "8"}, {2, "4"}, {1, "2"}, {0, "1"}, {-1, "1/2"}, {-2, "1/4"}, {-3, "1/8"}}});
}

}  // namespace drift
