// Arrows of forces and the particle under the mouse.
#include "app/lineage.h"
#include "app/panels/data/overlay.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

constexpr size_t most_arrows = 200;  // of each kind

/// The score (D - x) / sigma^2 or the guidance shift / sigma^2 of particle i along the two axes shown.
std::array<float, 2> force(const Frame& frame, const DataView& data, size_t i, bool guidance) {
    const auto d = static_cast<size_t>(frame.dimension);
    const auto scale = static_cast<float>(1 / (frame.numbers.sigma * frame.numbers.sigma));
    std::array<float, 2> result{};
    for (size_t axis = 0; axis < 2; ++axis) {
        const size_t at = i * d + static_cast<size_t>(axis == 0 ? data.axis_x : data.axis_y);
        result[axis] = scale * (guidance ? frame.shift[at] : frame.denoised[at] - frame.x[at]);
    }
    return result;
}

double round_to_125(double value) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    const double lead = value / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

void draw_arrow(const ImVec2& from, float dx, float dy, ImU32 colour) {
    const float length = std::hypot(dx, dy);
    if (!(length > 1.5F)) {
        return;
    }
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const ImVec2 to{from.x + dx, from.y + dy};
    const float head = std::clamp(0.3F * length, 3.0F, 7.0F);
    const ImVec2 u{dx / length, dy / length};
    const ImVec2 neck{to.x - head * u.x, to.y - head * u.y};
    list.AddLine(from, neck, colour, 1.4F);
    list.AddTriangleFilled(to, {neck.x - 0.5F * head * u.y, neck.y + 0.5F * head * u.x},
                           {neck.x + 0.5F * head * u.y, neck.y - 0.5F * head * u.x}, colour);
}

/// Pixels for a force of 1, so that nine out of ten arrows are at most about 40 pixels long.
double scale_for(const std::vector<double>& sizes) {
    std::vector<double> sorted = sizes;
    const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(9 * sorted.size() / 10);
    std::nth_element(sorted.begin(), place, sorted.end());
    return *place > 0 && std::isfinite(*place) ? 40 / round_to_125(*place) : 0;
}

void draw_path(const PanelContext& context, const DataView& data, const ParticleRef& particle, float alpha) {
    if (particle.step >= context.recording.size()) {
        return;
    }
    const auto path = path_of(context.recording, particle, data.axis_x, data.axis_y);
    std::vector<ImVec2> pixels;
    for (const PlanePoint& point : path) {
        pixels.push_back(ImPlot::PlotToPixels(static_cast<double>(point.x), static_cast<double>(point.y)));
    }
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddPolyline(pixels.data(), static_cast<int>(pixels.size()), to_u32(colours.background, alpha), 4);
    list.AddPolyline(pixels.data(), static_cast<int>(pixels.size()), to_u32(colours.playhead, alpha), 1.8F);
}

int32_t particle_under_mouse(const DataView& data) {
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

void describe_particle(const PanelContext& context, const DataView& data, const ParticleRef& particle) {
    const Frame& frame = *context.recording.at(particle.step);
    const auto i = static_cast<size_t>(particle.index);
    if (frame.thinned() || i >= static_cast<size_t>(frame.count) || !ImGui::BeginTooltip()) {
        return;
    }
    const auto d = static_cast<size_t>(frame.dimension);
    const auto number = [](float value) { return static_cast<double>(value); };
    const size_t ax = i * d + static_cast<size_t>(data.axis_x);
    const size_t ay = i * d + static_cast<size_t>(data.axis_y);
    ImGui::Text("particle %d at step %lld", particle.index, static_cast<long long>(particle.step));
    ImGui::Text("x = (%.3f, %.3f)", number(frame.x[ax]), number(frame.x[ay]));
    if (!frame.denoised.empty()) {
        ImGui::Text("denoised D = (%.3f, %.3f)", number(frame.denoised[ax]), number(frame.denoised[ay]));
    }
    if (!frame.weights.empty()) {
        ImGui::Text("weight %.3g (%.3g of an equal share)", number(frame.weights[i]),
                    number(frame.weights[i]) * static_cast<double>(frame.count));
    }
    ImGui::Text("first ancestor %d", context.recording.ancestor(particle.step, 0, particle.index));
    ImGui::EndTooltip();
}

}  // namespace

void draw_arrows(const PanelContext& context, DataView& data) {
    const Frame& frame = *context.recording.at(data.picture.step);
    const View& view = context.view;
    const bool score = view.score_arrows && !frame.denoised.empty() && frame.numbers.sigma > 0;
    const bool guidance = view.guidance_arrows && !frame.shift.empty() && frame.numbers.sigma > 0;
    data.arrow_scale = 0;
    if (!score && !guidance) {
        return;
    }
    const auto n = static_cast<size_t>(frame.count);
    const size_t stride = std::max<size_t>((n + most_arrows - 1) / most_arrows, 1);
    std::vector<double> sizes;
    for (const bool kind : {false, true}) {
        for (size_t i = 0; i < n && (kind ? guidance : score); i += stride) {
            const auto f = force(frame, data, i, kind);
            sizes.push_back(std::hypot(static_cast<double>(f[0]), static_cast<double>(f[1])));
        }
    }
    data.arrow_scale = scale_for(sizes);
    ImPlot::PushPlotClipRect();
    for (const bool kind : {false, true}) {
        const ImVec4& colour = kind ? palette(view.light).guidance : palette(view.light).score;
        for (size_t i = 0; i < n && (kind ? guidance : score); i += stride) {
            const PlanePoint& place = data.picture.places[i];
            const auto f = force(frame, data, i, kind);
            auto dx = static_cast<float>(data.arrow_scale) * f[0];
            auto dy = -static_cast<float>(data.arrow_scale) * f[1];
            const float shrink = std::min(1.0F, 130 / std::max(std::hypot(dx, dy), 1.0F));
            if (std::isfinite(place.x) && std::isfinite(dx + dy)) {
                draw_arrow(ImPlot::PlotToPixels(static_cast<double>(place.x), static_cast<double>(place.y)),
                           shrink * dx, shrink * dy, to_u32(colour, 0.9F));
            }
        }
    }
    ImPlot::PopPlotClipRect();
}

void draw_selection(PanelContext& context, DataView& data) {
    View& view = context.view;
    if (ImPlot::IsPlotHovered() && !data.drag && !ImGui::IsAnyItemActive()) {
        if (const int32_t index = particle_under_mouse(data); index >= 0) {
            view.hovered = view.hovering = {data.picture.step, index};
        }
    }
    if (ImPlot::IsPlotHovered() && !data.brush_from && !ImGui::GetIO().KeyShift &&
        ImGui::IsMouseReleased(ImGuiMouseButton_Left) && ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 3).x == 0) {
        const int32_t index = particle_under_mouse(data);
        view.selected = {data.picture.step, index};
    }
    ImPlot::PushPlotClipRect();
    for (const ParticleRef& particle : {view.selected, view.hovered}) {
        if (!is_recorded(context.recording, particle)) {
            continue;
        }
        draw_path(context, data, particle, particle == view.selected ? 1.0F : 0.8F);
        if (const int32_t here = ancestor_at(context.recording, particle, data.picture.step); here >= 0) {
            const PlanePoint& place = data.picture.places[static_cast<size_t>(here)];
            const ImVec2 at = ImPlot::PlotToPixels(static_cast<double>(place.x), static_cast<double>(place.y));
            ImPlot::GetPlotDrawList()->AddCircle(at, 0.45F * ImGui::GetFontSize(), to_u32(palette(view.light).playhead),
                                                 0, 2);
        }
    }
    ImPlot::PopPlotClipRect();
    if (is_recorded(context.recording, view.hovered) && ImPlot::IsPlotHovered()) {
        describe_particle(context, data, view.hovered);
    }
}

}  // namespace drift
