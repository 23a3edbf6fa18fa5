// The particle under the mouse and the selected one.
#include "app/lineage.h"
#include "app/panels/click.h"
#include "app/panels/data/overlay.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace drift {
namespace {

void draw_path(const PanelContext& context, const DataView& data, const ParticleRef& particle, float alpha) {
    if (particle.step >= context.recording.size()) {
        return;
    }
    const auto path = path_of(context.recording, particle, data.axis_x, data.axis_y, data.space);
    std::vector<ImVec2> pixels;
    pixels.reserve(path.size());
    for (const PlanePoint& point : path) {
        pixels.push_back(ImPlot::PlotToPixels(static_cast<double>(point.x), static_cast<double>(point.y)));
    }
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddPolyline(pixels.data(), static_cast<int>(pixels.size()), to_u32(colours.background, alpha), 4);
    list.AddPolyline(pixels.data(), static_cast<int>(pixels.size()), to_u32(colours.playhead, alpha), 1.8F);
}

void draw_followed_in_plane(const PanelContext& context, const DataView& data) {
    for (const int32_t here : data.followed.some(most_marked)) {
        const PlanePoint& place = data.picture.places[static_cast<size_t>(here)];
        const ImVec2 at = ImPlot::PlotToPixels(static_cast<double>(place.x), static_cast<double>(place.y));
        ImPlot::GetPlotDrawList()->AddCircle(at, 0.45F * ImGui::GetFontSize(),
                                             to_u32(palette(context.view.light).playhead), 0, 2);
    }
}

int32_t particle_in_plane(const DataView& data) {
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    const double per_pixel = limits.X.Size() / static_cast<double>(ImPlot::GetPlotSize().x);
    double least = std::pow(0.6 * static_cast<double>(ImGui::GetFontSize()) * per_pixel, 2);
    int32_t found = -1;
    for (size_t i = 0; i < data.picture.places.size(); ++i) {
        const double dx = static_cast<double>(data.picture.places[i].x) - mouse.x;
        const double dy = static_cast<double>(data.picture.places[i].y) - mouse.y;
        const double distance = dx * dx + dy * dy;
        if (distance < least) {
            least = distance;
            found = static_cast<int32_t>(i);
        }
    }
    return found;
}

/// "x = (1.000, 2.000)"
void describe_place(const char* name, const PlanePoint& place, bool flat) {
    const auto x = static_cast<double>(place.x);
    if (flat) {
        ImGui::Text("%s = %.3f", name, x);
    } else {
        ImGui::Text("%s = (%.3f, %.3f)", name, x, static_cast<double>(place.y));
    }
}

void describe_particle(const PanelContext& context, const DataView& data, const ParticleRef& particle) {
    const Frame& frame = *context.recording.at(particle.step);
    const auto i = static_cast<size_t>(particle.index);
    if (frame.thinned() || i >= static_cast<size_t>(frame.count) || !ImGui::BeginTooltip()) {
        return;
    }
    ImGui::Text("particle %d at step %lld", particle.index, static_cast<long long>(particle.step));
    for (const Space space : {Space::Noise, Space::Data}) {
        if (has_places(frame, space) && !(space == Space::Data && context.scene()->pictures())) {
            const bool same = space == data.space;
            describe_place(space == Space::Noise ? "noise z" : "x",
                           place_of(frame, space, i, same ? data.axis_x : 0, same ? data.axis_y : 1),
                           dimension_of(*context.scene(), space) == 1);
        }
    }
    if (data.space == Space::Data && frame.denoised.size() == frame.x.size()) {
        const size_t row = i * static_cast<size_t>(frame.dimension);
        describe_place("denoised D",
                       {frame.denoised[row + static_cast<size_t>(data.axis_x)],
                        frame.denoised[row + static_cast<size_t>(data.axis_y)]},
                       frame.dimension == 1);
    }
    if (!frame.weights.empty()) {
        const auto weight = static_cast<double>(frame.weights[i]);
        ImGui::Text("weight %.3g (%.3g of an equal share)", weight, weight * static_cast<double>(frame.count));
    }
    ImGui::Text("first ancestor %d", context.recording.ancestor(particle.step, 0, particle.index));
    if (dimension_of(*context.scene(), data.space) == 1 && particle.step > 0) {
        ImGui::TextDisabled("its line: from step 0, at the top, to step %lld", static_cast<long long>(particle.step));
    }
    ImGui::EndTooltip();
}

}  // namespace

void draw_selection(PanelContext& context, DataView& data) {
    View& view = context.view;
    const bool flat = dimension_of(*context.scene(), data.space) == 1;
    const auto under_mouse = [&] { return flat ? particle_on_line(data) : particle_in_plane(data); };
    if (ImPlot::IsPlotHovered() && !data.drag && !ImGui::IsAnyItemActive()) {
        if (const int32_t index = under_mouse(); index >= 0) {
            view.hovered = view.hovering = {data.picture.step, index};
        }
    }
    if (ImPlot::IsPlotHovered() && !data.brush_from && !ImGui::GetIO().KeyShift && clicked_in_place()) {
        view.selected = {data.picture.step, under_mouse()};
    }
    ImPlot::PushPlotClipRect();
    for (const ParticleRef& particle : {view.selected, view.hovered}) {
        if (is_recorded(context.recording, particle)) {
            const float alpha = particle == view.selected ? 1.0F : 0.8F;
            flat ? draw_way_on_line(context, data, particle, alpha) : draw_path(context, data, particle, alpha);
        }
    }
    if (data.picture.step < context.recording.size() &&
        static_cast<int64_t>(data.picture.places.size()) == context.recording.at(data.picture.step)->count) {
        data.followed.update(context, data.picture.step);
        flat ? draw_followed_on_line(context, data) : draw_followed_in_plane(context, data);
    }
    ImPlot::PopPlotClipRect();
    if (is_recorded(context.recording, view.hovered) && ImPlot::IsPlotHovered()) {
        describe_particle(context, data, view.hovered);
    }
}

}  // namespace drift
