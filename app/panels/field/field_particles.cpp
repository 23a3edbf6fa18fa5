#include "app/panels/field/field_particles.h"

#include "app/gl/graphics.h"
#include "app/lineage.h"
#include "app/panels/click.h"
#include "app/panels/data/space.h"
#include "app/panels/field/field_plane.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace drift {
namespace {

constexpr size_t most_dots = 300;

size_t stride_of(const Frame& frame) {
    return std::max<size_t>((static_cast<size_t>(frame.count) + most_dots - 1) / most_dots, 1);
}

ImVec2 pixel(const Frame& frame, size_t i) {
    const PlanePoint place = place_of(frame, Space::Data, i, 0, 1);
    return ImPlot::PlotToPixels(static_cast<double>(place.x), static_cast<double>(place.y));
}

/// Of those that are drawn: nobody means one that cannot be seen.
int32_t particle_under_mouse(const Frame& frame) {
    const ImVec2 mouse = ImGui::GetMousePos();
    float least = 0.6F * ImGui::GetFontSize();
    int32_t found = -1;
    for (size_t i = 0; i < static_cast<size_t>(frame.count); i += stride_of(frame)) {
        const ImVec2 at = pixel(frame, i);
        const float away = std::hypot(at.x - mouse.x, at.y - mouse.y);
        if (away < least) {  // false for NaN
            least = away;
            found = static_cast<int32_t>(i);
        }
    }
    return found;
}

void take_hovered(PanelContext& context) {
    if (!ImPlot::IsPlotHovered() || ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
        return;
    }
    const ParticleRef here{context.step, particle_under_mouse(*context.frame())};
    if (here) {
        context.view.hovered = context.view.hovering = here;
    }
    if (clicked_in_place()) {
        context.view.selected = here;
    }
}

}  // namespace

void draw_field_particles(PanelContext& context) {
    const Frame& frame = *context.frame();
    take_hovered(context);
    const Palette& colours = palette(context.view.light);
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < static_cast<size_t>(frame.count); i += stride_of(frame)) {
        if (const PlanePoint place = place_of(frame, Space::Data, i, 0, 1); std::isfinite(place.x + place.y)) {
            draw_dot(place, context.view.light);
        }
    }
    Followed& followed = context.graphics->field.followed;
    followed.update(context, context.step);
    for (const int32_t here : followed.some(most_dots)) {
        const ImVec2 at = pixel(frame, static_cast<size_t>(here));
        if (std::isfinite(at.x + at.y)) {
            const float radius = 0.4F * ImGui::GetFontSize();
            ImPlot::GetPlotDrawList()->AddCircle(at, radius, to_u32(colours.background), 0, 4);
            ImPlot::GetPlotDrawList()->AddCircle(at, radius, to_u32(colours.playhead), 0, 2);
        }
    }
    ImPlot::PopPlotClipRect();
}

void describe_field_particle(const PanelContext& context) {
    const ParticleRef& particle = context.view.hovered;
    if (!ImPlot::IsPlotHovered() || particle.step != context.step || !is_recorded(context.recording, particle) ||
        !ImGui::BeginTooltip()) {
        return;
    }
    const Frame& frame = *context.frame();
    ImGui::Separator();
    ImGui::Text("particle %d at step %lld", particle.index, static_cast<long long>(particle.step));
    if (!frame.weights.empty()) {
        const auto weight = static_cast<double>(frame.weights[static_cast<size_t>(particle.index)]);
        ImGui::Text("weight %.3g (%.3g of an equal share)", weight, weight * static_cast<double>(frame.count));
    }
    ImGui::EndTooltip();
}

}  // namespace drift
