#include "app/panels/field/field_plane.h"

#include "app/panels/data/arrow.h"
#include "app/panels/label.h"
#include "app/theme.h"

#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace drift {
namespace {

constexpr double most_octaves = 3;     // of the ratio, at either end of the colours
constexpr float longest_arrow = 2.2F;  // in cells of the grid
constexpr float small_pane = 14;       // in lines of text: narrower ones have no room for more than the picture

ImVec2 pixel(double x, double y) {
    return ImPlot::PlotToPixels(x, y);
}

double number(float value) {
    return static_cast<double>(value);
}

/// The whole grid, as large as the plots can show it.
void follow_noise(FieldView& view, const GridBox& box) {
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

/// Ticks at round numbers, no more than `most` of them: those of ImPlot run into each other in a narrow pane.
void set_few_ticks(ImAxis axis, double low, double high, float most) {
    const double wanted = (high - low) / std::max(static_cast<double>(most), 1.0);
    const double power = std::pow(10, std::floor(std::log10(wanted)));
    const double lead = wanted / power;
    const double step = power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    std::vector<double> places;
    for (double k = std::ceil(low / step); k * step <= high; ++k) {
        places.push_back(k * step + 0.0);  // and no -0
    }
    if (!places.empty()) {
        ImPlot::SetupAxisTicks(axis, places.data(), static_cast<int>(places.size()));
    }
}

}  // namespace

HeatMap cosine_map(const char* title, const std::vector<float>& cosine) {
    return {title, cosine, 1, {{1, "1"}, {0.5, "0.5"}, {0, "0"}, {-0.5, "-0.5"}, {-1, "-1"}}};
}

HeatMap ratio_map(const char* title, const std::vector<float>& log_ratio) {
    return {title,
            log_ratio,
            most_octaves,
            {{3, "8"}, {2, "4"}, {1, "2"}, {0, "1"}, {-1, "1/2"}, {-2, "1/4"}, {-3, "1/8"}}};
}

bool begin_plane(const char* id, const ImVec2& size, FieldView& view, const GridBox& box, const PlaneAxes& axes) {
    if (!ImPlot::BeginPlot(id, size, ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect)) {
        return false;
    }
    if (view.follow_noise) {
        follow_noise(view, box);
    }
    const bool small = size.x < small_pane * ImGui::GetFontSize();
    const ImPlotAxisFlags flags = small ? ImPlotAxisFlags_NoLabel : ImPlotAxisFlags_None;
    ImPlot::SetupAxes(axes.x, axes.y, flags, flags);
    if (small) {
        set_few_ticks(ImAxis_X1, view.x_min, view.x_max, view.plot_size.x / (2.2F * ImGui::GetFontSize()));
        set_few_ticks(ImAxis_Y1, view.y_min, view.y_max, view.plot_size.y / (2 * ImGui::GetFontSize()));
    }
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

void draw_plane_title(const char* title, const ImVec4& colour) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float inset = 2 * label_pad();
    draw_label(*ImPlot::GetPlotDrawList(), {corner.x + inset, corner.y + inset}, to_u32(colour), title);
}

void draw_dot(const PlanePoint& place, bool light) {
    const Palette& colours = palette(light);
    const ImVec2 at = pixel(static_cast<double>(place.x), static_cast<double>(place.y));
    ImPlot::GetPlotDrawList()->AddCircleFilled(at, 2.6F, to_u32(colours.background, 0.8F), 8);
    ImPlot::GetPlotDrawList()->AddCircleFilled(at, 1.8F, to_u32(colours.faint, 0.85F), 8);
}

size_t cell_at(const GridBox& box, int row, int column) {
    return static_cast<size_t>(row) * static_cast<size_t>(box.columns) + static_cast<size_t>(column);
}

void draw_vectors(const GridBox& box, const std::vector<float>& vectors, double scale, double cell, ImU32 colour) {
    ImPlot::PushPlotClipRect();
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.columns; ++column) {
            const size_t i = cell_at(box, row, column);
            const float dx = static_cast<float>(scale) * vectors[2 * i];
            const float dy = -static_cast<float>(scale) * vectors[2 * i + 1];
            const float shrink =
                std::min(1.0F, longest_arrow * static_cast<float>(cell) / std::max(std::hypot(dx, dy), 1.0F));
            if (std::isfinite(dx + dy)) {
                const ImVec2 at = pixel(box.x_min + (box.x_max - box.x_min) * column / (box.columns - 1),
                                        box.y_min + (box.y_max - box.y_min) * row / (box.rows - 1));
                draw_arrow(at, shrink * dx, shrink * dy, colour);
            }
        }
    }
    ImPlot::PopPlotClipRect();
}

void draw_cells(const GridBox& box, const HeatMap& map, bool light) {
    const double half = (box.x_max - box.x_min) / (box.columns - 1) / 2;
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    ImPlot::PushPlotClipRect();
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.columns; ++column) {
            const float value = map.values[cell_at(box, row, column)];
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

float colour_bar_height() {
    return 2.2F * ImGui::GetFontSize();
}

void draw_colour_bar(const HeatMap& map, float width, bool light) {
    const float em = ImGui::GetFontSize();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float left = corner.x + em;  // the names of the ends reach beyond the bar
    const float length = std::max(width - 2 * em, em);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const int pieces = 96;
    for (int i = 0; i < pieces; ++i) {
        const float x = left + length * static_cast<float>(i) / pieces;
        list.AddRectFilled({x, corner.y}, {x + length / pieces + 0.5F, corner.y + 0.9F * em},
                           to_u32(diverging_colour(2 * (i + 0.5) / pieces - 1, light)));
    }
    const ImU32 ink = to_u32(palette(light).text);
    list.AddRect({left, corner.y}, {left + length, corner.y + 0.9F * em}, to_u32(palette(light).faint));
    for (const auto& [value, text] : map.marks) {
        const float x = left + length * static_cast<float>(0.5 + 0.5 * value / map.most);
        list.AddLine({x, corner.y + 0.6F * em}, {x, corner.y + 1.1F * em}, ink, 1);
        list.AddText({x - ImGui::CalcTextSize(text).x / 2, corner.y + 1.1F * em}, ink, text);
    }
    ImGui::Dummy({width, colour_bar_height()});
}

double cell_width(const FieldView& view, const GridBox& box) {
    return (box.x_max - box.x_min) / (box.columns - 1) * static_cast<double>(view.plot_size.x) /
           (view.x_max - view.x_min);
}

double scale_for(const std::vector<float>& vectors, double cell) {
    std::vector<double> lengths;
    for (size_t i = 0; i + 1 < vectors.size(); i += 2) {
        lengths.push_back(std::hypot(number(vectors[i]), number(vectors[i + 1])));
    }
    return arrow_scale(std::move(lengths), cell);
}

int point_at_mouse(const GridBox& box) {
    if (!ImPlot::IsPlotHovered() || ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
        return -1;
    }
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    const double step = (box.x_max - box.x_min) / (box.columns - 1);
    const auto column = static_cast<int>(std::lround((mouse.x - box.x_min) / step));
    const auto row = static_cast<int>(std::lround((mouse.y - box.y_min) / step));
    const bool outside = column < 0 || column >= box.columns || row < 0 || row >= box.rows;
    return outside ? -1 : row * box.columns + column;
}

}  // namespace drift
