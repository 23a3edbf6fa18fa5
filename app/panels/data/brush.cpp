#include "app/panels/data/brush.h"

#include "app/events.h"
#include "app/lineage.h"
#include "app/panels/data/overlay.h"
#include "app/panels/label.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <string>
#include <utility>

namespace drift {
namespace {

constexpr size_t most_rings = 1500;

ImVec2 pixel(const PlanePoint& point) {
    return ImPlot::PlotToPixels(static_cast<double>(point.x), static_cast<double>(point.y));
}

PlanePoint mouse_place() {
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    return {static_cast<float>(mouse.x), static_cast<float>(mouse.y)};
}

/// The two corners of the rectangle: on a line an interval counts, and it is as high as the plot.
std::pair<PlanePoint, PlanePoint> corners_of(const PanelContext& context, const DataView& data) {
    std::pair<PlanePoint, PlanePoint> corners{*data.brush_from, mouse_place()};
    if (dimension_of(*context.scene(), data.space) == 1) {
        const ImPlotRect limits = ImPlot::GetPlotLimits();
        corners.first.y = static_cast<float>(limits.Y.Min);  // below 0, where the particles lie
        corners.second.y = static_cast<float>(limits.Y.Max);
    }
    return corners;
}

/// A button over the whole plot while the key is held, so that the plot does not move under the rectangle.
bool rectangle_is_drawn(const DataView& data) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const ImVec2 size = ImPlot::GetPlotSize();
    // Not ImPlot::IsPlotHovered(): that ends where the button begins.
    const bool over =
        ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(corner, {corner.x + size.x, corner.y + size.y});
    if (!data.brush_from && !(ImGui::GetIO().KeyShift && over)) {
        return false;
    }
    return button_in_plot("brush", corner, size);
}

void choose(PanelContext& context, DataView& data) {
    const bool active = rectangle_is_drawn(data);
    if (active && !data.brush_from) {
        data.brush_from = mouse_place();
    }
    if (!data.brush_from) {
        return;
    }
    const auto [from, to] = corners_of(context, data);
    const Palette& colours = palette(context.view.light);
    ImPlot::PushPlotClipRect();
    const ImVec2 a = pixel(from);
    const ImVec2 b = pixel(to);
    const ImVec2 low{std::min(a.x, b.x), std::min(a.y, b.y)};
    const ImVec2 high{std::max(a.x, b.x), std::max(a.y, b.y)};
    ImPlot::GetPlotDrawList()->AddRectFilled(low, high, to_u32(colours.particle, 0.15F));
    ImPlot::GetPlotDrawList()->AddRect(low, high, to_u32(colours.particle));
    ImPlot::PopPlotClipRect();
    if (!active) {
        context.view.brush = {data.picture.step, particles_within(data.picture.places, from, to)};
        data.brush_from.reset();
    }
}

/// A ring, on a line a longer tick of the rug: rings would lie over each other there.
void mark(const ImVec2& at, bool flat, ImU32 colour) {
    const float em = ImGui::GetFontSize();
    if (flat) {
        ImPlot::GetPlotDrawList()->AddLine({at.x, at.y - 0.55F * em}, {at.x, at.y + 0.5F * em}, colour, 1.5F);
    } else {
        ImPlot::GetPlotDrawList()->AddCircle(at, 0.3F * em, colour, 12, 1.3F);
    }
}

/// In the lower right corner, `above` the foot.
void draw_text(const PanelContext& context, const std::string& text, float above) {
    const float pad = label_pad();
    const ImVec2 size = ImGui::CalcTextSize(text.c_str());
    const ImVec2 at{ImPlot::GetPlotPos().x + ImPlot::GetPlotSize().x - size.x - 3 * pad,
                    ImPlot::GetPlotPos().y + ImPlot::GetPlotSize().y - size.y - 3 * pad - above};
    draw_label(*ImPlot::GetPlotDrawList(), at, to_u32(palette(context.view.light).text), text.c_str());
}

}  // namespace

std::string brush_text(const Brush& brush, int64_t step, size_t here) {
    const std::string chosen = grouped(static_cast<int64_t>(brush.particles.size())) + " chosen";
    const std::string there = grouped(static_cast<int64_t>(here));
    if (step == brush.step) {
        return chosen + " (Esc lets go)";
    }
    return chosen + " at step " + std::to_string(brush.step) +
           (step < brush.step ? " come from " + there + " here" : " have " + there + " descendants here");
}

std::vector<int32_t> particles_within(const std::vector<PlanePoint>& places, const PlanePoint& a, const PlanePoint& b) {
    std::vector<int32_t> found;
    for (size_t i = 0; i < places.size(); ++i) {
        const PlanePoint& place = places[i];
        if (place.x >= std::min(a.x, b.x) && place.x <= std::max(a.x, b.x) && place.y >= std::min(a.y, b.y) &&
            place.y <= std::max(a.y, b.y)) {  // false for NaN
            found.push_back(static_cast<int32_t>(i));
        }
    }
    return found;
}

void draw_brush(PanelContext& context, DataView& data) {
    choose(context, data);
    const Brush& brush = context.view.brush;
    if (!brush) {
        return;
    }
    const int64_t step = data.picture.step;
    const bool flat = dimension_of(*context.scene(), data.space) == 1;
    const FrameKey frame = key_of(context, *context.recording.at(step));
    if (!(data.brush == brush) || !(data.brush_frame == frame)) {
        data.brush = brush;
        data.brush_frame = frame;
        data.brushed = brushed_at(context.recording, brush, step);
    }
    ImPlot::PushPlotClipRect();
    const ImU32 colour = to_u32(palette(context.view.light).playhead, 0.8F);
    const size_t stride = std::max<size_t>(1, (data.brushed.size() + most_rings - 1) / most_rings);
    for (size_t i = 0; i < data.brushed.size(); i += stride) {
        const PlanePoint& place = data.picture.places[static_cast<size_t>(data.brushed[i])];
        mark(pixel(place), flat, colour);
    }
    ImPlot::PopPlotClipRect();
    draw_text(context, brush_text(brush, step, data.brushed.size()), flat ? 1.6F * ImGui::GetFontSize() : 0);
}

}  // namespace drift
