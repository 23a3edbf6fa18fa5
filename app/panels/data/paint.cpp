#include "app/panels/data/paint.h"

#include "app/panels/data/overlay.h"
#include "app/panels/flow.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <utility>

namespace drift {
namespace {

/// Strokes need the whole plane the right way round.
bool can_paint(const PanelContext& context, const DataView& data) {
    return is_painted(context.session.scenario().prior) && data.space == Space::Data &&
           context.scene()->dimension() == 2 && data.axis_x == 0 && data.axis_y == 1;
}

void commit(PanelContext& context, const char* name, const Painting& painting) {
    context.edit(
        name, [&painting](Scenario& scenario) { set_painting(scenario, painting); }, true);
}

void draw_cells(const PanelContext& context, const Painting& painting) {
    const ImU32 colour = to_u32(palette(context.view.light).measurement, 0.28F);
    const double cell = painting.cell();
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    for (size_t i = 0; i < painting.density.data.size(); ++i) {
        if (painting.density.data[i] > 0) {
            const auto [x, y] = painting.corner(i);
            list.AddRectFilled(ImPlot::PlotToPixels(x, y), ImPlot::PlotToPixels(x + cell, y - cell), colour);
        }
    }
}

/// Where the brush would paint, and where painting is possible at all.
void draw_brush_tip(const PanelContext& context, const DataView& data, const Painting& painting) {
    const ImU32 colour = to_u32(palette(context.view.light).measurement);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const double half = painting.half_width;
    list.AddRect(ImPlot::PlotToPixels(-half, half), ImPlot::PlotToPixels(half, -half), colour);
    const auto radius = static_cast<float>(data.paint.radius * half / std::max(data.per_pixel, 1e-9));
    list.AddCircle(ImGui::GetIO().MousePos, std::max(radius, 2.0F), colour);
}

void paint_with_mouse(PanelContext& context, DataView& data) {
    DataView::Paint& paint = data.paint;
    const bool held = button_in_plot("paint", ImPlot::GetPlotPos(), ImPlot::GetPlotSize());
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    const PlanePoint here{static_cast<float>(mouse.x), static_cast<float>(mouse.y)};
    if (held) {
        if (!paint.stroke) {
            paint.stroke = painting_of(context.session.scenario().prior);
            paint.last = here;
        }
        stroke(*paint.stroke, paint.last, here, paint.radius * paint.stroke->half_width, paint.erase);
        paint.last = here;
    } else if (paint.stroke) {
        commit(context, paint.erase ? "erase" : "paint", *std::exchange(paint.stroke, std::nullopt));
    }
}

}  // namespace

void draw_paint_toolbar(PanelContext& context, DataView& data) {
    if (!can_paint(context, data)) {
        return;
    }
    DataView::Paint& paint = data.paint;
    ImGui::Checkbox("Paint", &paint.on);
    ImGui::SetItemTooltip(
        "Drag in the picture to paint what the prior is to be. It is learned anew after each stroke, which can be\n"
        "undone (Ctrl+Z). Off: dragging moves the picture");
    flow_checkbox("Erase", paint.erase, "Strokes take away", paint.on);
    const float width = 7 * ImGui::GetFontSize();
    flow(width);
    ImGui::SetNextItemWidth(width);
    ImGui::BeginDisabled(!paint.on);
    ImGui::SliderFloat("##brush", &paint.radius, 0.01F, 0.3F, "brush %.2f");
    ImGui::SetItemTooltip("Radius of the brush, as a share of the half width");
    flow(ImGui::CalcTextSize("Clear").x + 2 * ImGui::GetStyle().FramePadding.x);
    if (ImGui::Button("Clear")) {
        Painting blank = painting_of(context.session.scenario().prior);
        blank.density.data.assign(blank.density.data.size(), 0);
        commit(context, "clear the painting", blank);
    }
    ImGui::EndDisabled();
}

void draw_painting(PanelContext& context, DataView& data) {
    if (!can_paint(context, data) || !data.paint.on) {
        data.paint.stroke.reset();
        return;
    }
    paint_with_mouse(context, data);
    const Painting painting = data.paint.stroke ? *data.paint.stroke : painting_of(context.session.scenario().prior);
    ImPlot::PushPlotClipRect();
    draw_cells(context, painting);
    draw_brush_tip(context, data, painting);
    ImPlot::PopPlotClipRect();
}

}  // namespace drift
