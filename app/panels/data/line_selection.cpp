// The particles of a line: a rug below the histogram, and those that selection.cpp follows.
#include "app/panels/data/overlay.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace drift {
namespace {

constexpr size_t most_ticks = 2000;

ImVec2 on_the_foot(float x) {
    return ImPlot::PlotToPixels(static_cast<double>(x), 0.0);
}

}  // namespace

int32_t particle_on_line(const DataView& data) {
    const float mouse = ImGui::GetMousePos().x;
    float least = 0.6F * ImGui::GetFontSize();
    int32_t found = -1;
    for (size_t i = 0; i < data.picture.places.size(); ++i) {
        const float away = std::abs(on_the_foot(data.picture.places[i].x).x - mouse);
        if (away < least) {  // false for NaN
            least = away;
            found = static_cast<int32_t>(i);
        }
    }
    return found;
}

namespace {

/// The way of a particle through its ancestors: the start at the top, its own state at the foot.
std::vector<ImVec2> way_of(const PanelContext& context, const DataView& data, const ParticleRef& particle) {
    std::vector<ImVec2> pixels;
    const float top = ImPlot::GetPlotPos().y;
    const auto last = static_cast<float>(std::max<int64_t>(particle.step, 1));
    int32_t index = particle.index;
    for (int64_t k = particle.step; k >= 0; --k) {
        index = k < particle.step ? context.recording.ancestor(k + 1, k, index) : index;
        const Frame& frame = *context.recording.at(k);
        if (has_places(frame, data.space)) {
            const ImVec2 foot = on_the_foot(place_of(frame, data.space, static_cast<size_t>(index), 0, 0).x);
            pixels.push_back({foot.x, top + (foot.y - top) * static_cast<float>(k) / last});
        }
    }
    return pixels;
}

}  // namespace

void draw_way_on_line(const PanelContext& context, const DataView& data, const ParticleRef& particle, float alpha) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const std::vector<ImVec2> way = way_of(context, data, particle);
    list.AddPolyline(way.data(), static_cast<int>(way.size()), to_u32(colours.background, alpha), 4);
    list.AddPolyline(way.data(), static_cast<int>(way.size()), to_u32(colours.playhead, 0.65F * alpha), 1.3F);
}

void draw_followed_on_line(const PanelContext& context, const DataView& data) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const float radius = 0.36F * ImGui::GetFontSize();
    for (const int32_t here : data.followed.some(most_marked)) {
        const ImVec2 at = on_the_foot(data.picture.places[static_cast<size_t>(here)].x);
        if (std::isfinite(at.x)) {
            list.AddCircleFilled(at, radius + 1.5F, to_u32(colours.background));
            list.AddCircleFilled(at, radius, to_u32(colours.particle));
            list.AddCircle(at, radius, to_u32(colours.playhead), 0, 2);
        }
    }
}

void draw_rug(const PanelContext& context, const DataView& data) {
    const float length = 0.4F * ImGui::GetFontSize();
    const size_t n = data.picture.places.size();
    const size_t stride = std::max<size_t>(1, (n + most_ticks - 1) / most_ticks);
    // Where there are many, only together do they make a dark place.
    const float alpha = std::clamp(8.0F / std::sqrt(static_cast<float>(n + 1)), 0.25F, 0.9F);
    const ImU32 colour = to_u32(palette(context.view.light).particle, alpha);
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < n; i += stride) {
        const ImVec2 at = on_the_foot(data.picture.places[i].x);
        if (std::isfinite(at.x)) {
            ImPlot::GetPlotDrawList()->AddLine({at.x, at.y + 1}, {at.x, at.y + 1 + length}, colour, 1);
        }
    }
    ImPlot::PopPlotClipRect();
}

}  // namespace drift
