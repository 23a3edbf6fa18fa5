#include "app/panels/genealogy/tree_drawing.h"

#include "app/events.h"
#include "app/lineage.h"
#include "app/panels/data/cloud.h"
#include "app/panels/genealogy/tree_colours.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace drift {
namespace {

constexpr size_t most_brushed_paths = 64;

/// From the tree to pixels: two numbers for each axis, found once a frame.
struct Scale {
    float x0, x1, y0, y1;

    Scale() {
        const ImVec2 origin = ImPlot::PlotToPixels(0, 0);
        const ImVec2 one = ImPlot::PlotToPixels(1, 1);
        x0 = origin.x;
        x1 = one.x - origin.x;
        y0 = origin.y;
        y1 = one.y - origin.y;
    }
    ImVec2 at(const TreePoint& point) const {
        return {x0 + x1 * static_cast<float>(point.step), y0 + y1 * static_cast<float>(point.place)};
    }
};

void draw_line(ImDrawList& list, const Scale& scale, const TreeLine& line, ImU32 colour, float thickness) {
    const std::array<ImVec2, 3> points{scale.at(line.parent), scale.at(line.start), scale.at(line.end)};
    const bool straight = line.parent.step == line.start.step;
    list.AddPolyline(points.data() + (straight ? 1 : 0), straight ? 2 : 3, colour, thickness);
}

void draw_dead(const PanelContext& context, const TreeView& tree, const Scale& scale, float strength) {
    const ImU32 colour = to_u32(palette(context.view.light).faint, 0.38F * strength);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    for (const TreeLine& line : tree.layout.dead) {
        draw_line(list, scale, line, colour, 1);
        list.AddCircleFilled(scale.at(line.end), 1.3F, colour, 6);
    }
}

void draw_bands(const PanelContext& context, const TreeView& tree, const Scale& scale, float strength) {
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const ImDrawFlags before = list.Flags;
    list.Flags &= ~ImDrawFlags_AAFill;  // bands meet without a seam
    for (const TreeBand& band : tree.layout.bands) {
        const ImU32 colour = to_u32(category_colour(band.eve, context.view.light), 0.3F * strength);
        for (size_t i = 1; i < band.edges.size(); ++i) {
            const BandEdge& a = band.edges[i - 1];
            const BandEdge& b = band.edges[i];
            list.AddQuadFilled(scale.at({a.step, a.top}), scale.at({b.step, b.top}), scale.at({b.step, b.bottom}),
                               scale.at({a.step, a.bottom}), colour);
        }
    }
    list.Flags = before;
}

void draw_survivors(const TreeView& tree, const Scale& scale, float strength) {
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const float em = ImGui::GetFontSize() / 16;
    for (size_t i = 0; i < tree.layout.survivors.size(); ++i) {
        const TreeLine& line = tree.layout.survivors[i];
        const float thickness = em * (0.9F + 6 * std::sqrt(static_cast<float>(line.share)));
        const ImU32 colour = tree.colours[i];
        const auto alpha = static_cast<ImU32>(static_cast<float>(colour >> 24) * strength);
        draw_line(list, scale, line, (colour & 0x00FFFFFFU) | (alpha << 24), thickness);
    }
}

void draw_meetings(const PanelContext& context, const TreeView& tree, const Scale& scale) {
    const Palette& colours = palette(context.view.light);
    const float size = 0.36F * ImGui::GetFontSize();
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    for (const Meeting& meeting : tree.meetings) {
        const auto& generation = tree.genealogy.generations()[meeting.generation];
        const ImVec2 at =
            scale.at({static_cast<double>(generation.last), tree.genealogy.place_of(meeting.generation, meeting.slot)});
        list.AddNgonFilled(at, size + 2, to_u32(colours.background), 4);
        list.AddNgonFilled(at, size, to_u32(colours.measurement), 4);
    }
}

void stroke(const std::vector<TreePoint>& path, const Scale& scale, ImU32 colour, float thickness) {
    static std::vector<ImVec2> pixels;  // of the interface thread, kept to spare an allocation a line
    pixels.clear();
    for (const TreePoint& point : path) {
        pixels.push_back(scale.at(point));
    }
    ImPlot::GetPlotDrawList()->AddPolyline(pixels.data(), static_cast<int>(pixels.size()), colour, thickness);
}

void draw_particle(const PanelContext& context, const TreeView& tree, const Scale& scale, const ParticleRef& particle) {
    if (!is_recorded(context.recording, particle)) {
        return;
    }
    const std::vector<TreePoint> path = tree.genealogy.path(context.recording, particle);
    const Palette& colours = palette(context.view.light);
    stroke(path, scale, to_u32(colours.background), 5);
    stroke(path, scale, to_u32(colours.playhead), 2.2F);
    if (!path.empty()) {
        ImPlot::GetPlotDrawList()->AddCircleFilled(scale.at(path.back()), 0.28F * ImGui::GetFontSize(),
                                                   to_u32(colours.playhead));
    }
}

void find_brushed(const PanelContext& context, TreeView& tree) {
    const Brush& brush = context.view.brush;
    if (tree.brushed_version == tree.genealogy.version() && tree.brush == brush) {
        return;
    }
    tree.brushed_version = tree.genealogy.version();
    tree.brush = brush;
    tree.brushed.clear();
    const size_t stride = std::max<size_t>(1, (brush.particles.size() + most_brushed_paths - 1) / most_brushed_paths);
    for (size_t i = 0; i < brush.particles.size(); i += stride) {
        const ParticleRef particle{brush.step, brush.particles[i]};
        if (is_recorded(context.recording, particle)) {
            tree.brushed.push_back(tree.genealogy.path(context.recording, particle));
        }
    }
}

void describe(const PanelContext& context, const TreeView& tree, const ParticleRef& particle) {
    if (!ImGui::BeginTooltip()) {
        return;
    }
    const Frame& frame = *context.recording.at(particle.step);
    const size_t generation = tree.genealogy.generation_of(particle.step);
    ImGui::Text("particle %d at step %lld", particle.index, static_cast<long long>(particle.step));
    if (!frame.weights.empty()) {
        const auto weight = static_cast<double>(frame.weights[static_cast<size_t>(particle.index)]);
        ImGui::Text("weight %.3g (%.3g of an equal share)", weight, weight * static_cast<double>(frame.count));
    }
    ImGui::Text("first ancestor %d", tree.genealogy.eve_of(generation, particle.index));
    const int32_t descendants = tree.genealogy.descendants_of(generation, particle.index);
    const std::string newest = std::to_string(tree.genealogy.generations().back().last);
    if (descendants > 0) {
        ImGui::Text("%s of %s particles of step %s descend from it", grouped(descendants).c_str(),
                    grouped(tree.layout.particles).c_str(), newest.c_str());
    } else {
        ImGui::Text("nobody descends from it at step %s", newest.c_str());
    }
    ImGui::EndTooltip();
}

}  // namespace

void draw_tree(const PanelContext& context, TreeView& tree) {
    colour_survivors(context, tree);
    const Scale scale;
    const float strength = context.view.brush ? 0.4F : 1.0F;
    ImPlot::PushPlotClipRect();
    draw_bands(context, tree, scale, strength);
    draw_dead(context, tree, scale, strength);
    draw_survivors(tree, scale, strength);
    draw_meetings(context, tree, scale);
    ImPlot::PopPlotClipRect();
}

void draw_tree_paths(const PanelContext& context, TreeView& tree) {
    const Scale scale;
    find_brushed(context, tree);
    ImPlot::PushPlotClipRect();
    for (const std::vector<TreePoint>& path : tree.brushed) {
        stroke(path, scale, to_u32(palette(context.view.light).playhead, 0.75F), 1.3F);
    }
    draw_particle(context, tree, scale, context.view.selected);
    draw_particle(context, tree, scale, context.view.hovered);
    ImPlot::PopPlotClipRect();
}

void hover_tree(PanelContext& context, const TreeView& tree) {
    if (!ImPlot::IsPlotHovered() || ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
        return;
    }
    const ImPlotPoint mouse = ImPlot::GetPlotMousePos();
    const auto newest = static_cast<double>(tree.genealogy.generations().back().last);
    const auto step = static_cast<int64_t>(std::round(std::clamp(mouse.x, 0.0, newest)));
    const double place = std::clamp(mouse.y, 0.0, 1.0);
    const size_t generation = tree.genealogy.generation_of(step);
    const double per_pixel = ImPlot::GetPlotLimits().Y.Size() / static_cast<double>(ImPlot::GetPlotSize().y);
    int32_t slot = tree.genealogy.survivor_at(generation, place);
    if (std::abs(tree.genealogy.place_of(generation, slot) - place) > 6 * per_pixel) {
        slot = tree.genealogy.slot_at(generation, place);
    }
    context.view.hovered = context.view.hovering = {step, slot};
    describe(context, tree, context.view.hovered);
}

}  // namespace drift
