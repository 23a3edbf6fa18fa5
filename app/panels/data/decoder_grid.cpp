// A square grid of the noise and what the decoder makes of it: where the map folds, stretches and shrinks.
#include "app/gl/graphics.h"
#include "app/panels/data/overlay.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace drift {
namespace {

constexpr int level_lines = 12;  // about so many
constexpr int most_lines = 25;   // of each direction; more would be a grey area

/// The place of one grid point in that pane.
PlanePoint grid_point(const DecoderGrid& grid, const DataView& data, int64_t dimension, int column, int row) {
    const GridBox& box = grid.box;
    if (data.space == Space::Noise) {
        return {static_cast<float>(box.x_min + (box.x_max - box.x_min) * column / std::max(1, box.columns - 1)),
                static_cast<float>(box.y_min + (box.y_max - box.y_min) * row / std::max(1, box.rows - 1))};
    }
    const float* x = grid.x.data() + (static_cast<int64_t>(row) * box.columns + column) * dimension;
    return {x[data.axis_x], x[data.axis_y]};
}

/// 1, 2 or 5 times a power of ten, so that about so many of it make up the range.
double round_step(double range, int pieces) {
    const double raw = range / pieces;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    return power * (raw < 1.5 * power ? 1 : raw < 3.5 * power ? 2 : raw < 7.5 * power ? 5 : 10);
}

void update_levels(const PanelContext& context, const DecoderGrid& grid, LevelLines& levels) {
    if (levels.recording == context.recording_id) {
        return;
    }
    levels = {context.recording_id, 0, {}};
    const auto [low, high] = std::minmax_element(grid.x.begin(), grid.x.end());
    if (low == grid.x.end() || !(*low < *high) || !std::isfinite(*high - *low)) {
        return;
    }
    levels.step = round_step(static_cast<double>(*high) - static_cast<double>(*low), level_lines);
    const auto first = static_cast<int64_t>(std::ceil(static_cast<double>(*low) / levels.step));
    for (int64_t i = first; static_cast<double>(i) * levels.step < static_cast<double>(*high); ++i) {
        const std::vector<Polyline> lines =
            contour_lines(grid.x, grid.box, static_cast<float>(static_cast<double>(i) * levels.step));
        levels.lines.insert(levels.lines.end(), lines.begin(), lines.end());
    }
}

void draw_levels(const PanelContext& context, const DecoderGrid& grid, LevelLines& levels) {
    update_levels(context, grid, levels);
    const ImU32 colour = to_u32(palette(context.view.light).particle, 0.5F);  // the prior has grey lines
    std::vector<ImVec2> pixels;
    ImPlot::PushPlotClipRect();
    for (const Polyline& line : levels.lines) {
        pixels.clear();
        for (const PlanePoint& point : line) {
            pixels.push_back(ImPlot::PlotToPixels(static_cast<double>(point.x), static_cast<double>(point.y)));
        }
        ImPlot::GetPlotDrawList()->AddPolyline(pixels.data(), static_cast<int>(pixels.size()), colour, 1);
    }
    ImPlot::PopPlotClipRect();
}

}  // namespace

void draw_decoder_grid(const PanelContext& context, DataView& data) {
    const Scene& scene = *context.scene();
    if (!context.graphics->decoder_grid || !scene.decoder_grid) {
        return;
    }
    const DecoderGrid& grid = *scene.decoder_grid;
    if (scene.dimension() < 2) {
        if (data.space == Space::Noise) {
            draw_levels(context, grid, data.levels);
        }
        return;
    }
    const ImU32 colour = to_u32(palette(context.view.light).truth, 0.28F);
    std::vector<ImVec2> pixels;
    ImPlot::PushPlotClipRect();
    for (const bool along_rows : {true, false}) {
        const int lines = along_rows ? grid.box.rows : grid.box.columns;
        const int points = along_rows ? grid.box.columns : grid.box.rows;
        const int stride = std::max(1, (lines + most_lines - 2) / (most_lines - 1));
        for (int line = 0; line < lines; line += stride) {
            pixels.clear();
            for (int i = 0; i < points; ++i) {
                const PlanePoint place =
                    grid_point(grid, data, scene.dimension(), along_rows ? i : line, along_rows ? line : i);
                pixels.push_back(ImPlot::PlotToPixels(static_cast<double>(place.x), static_cast<double>(place.y)));
            }
            ImPlot::GetPlotDrawList()->AddPolyline(pixels.data(), points, colour, 1);
        }
    }
    ImPlot::PopPlotClipRect();
}

}  // namespace drift
