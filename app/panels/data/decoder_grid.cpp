// A square grid of the noise and what the decoder makes of it: where the map folds, stretches and shrinks.
#include "app/gl/graphics.h"
#include "app/panels/data/overlay.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <vector>

namespace drift {
namespace {

constexpr int most_lines = 25;  // of each direction; more would be a grey area

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

}  // namespace

void draw_decoder_grid(const PanelContext& context, const DataView& data) {
    const Scene& scene = *context.scene();
    if (!context.graphics->decoder_grid || !scene.decoder_grid || scene.dimension() < 2) {
        return;
    }
    const DecoderGrid& grid = *scene.decoder_grid;
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
