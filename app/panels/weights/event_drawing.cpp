#include "app/panels/weights/event_drawing.h"

#include "app/theme.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

/// n W_i.
double expected(const ResamplingEvent& event, int32_t parent) {
    return static_cast<double>(event.weights[static_cast<size_t>(parent)]) *
           static_cast<double>(event.ancestors.size());
}

ImVec4 family_colour(const PanelContext& context, const ResamplingView& view, int32_t parent) {
    const int32_t eve = context.recording.ancestor(view.event->parents, 0, parent);
    return category_colour(eve, context.view.light);
}

/// A family in the row of the children, and where it comes from.
struct FamilyRange {
    size_t first = 0, count = 0;
};
struct FamilyPlace {
    ImVec2 parent;
    float bottom = 0;  // of the lines to the children
    float dot = 1;
};

/// Lines and dots where there is room for them, else a bar; those that are followed can be seen in any case.
void draw_family(const PanelContext& context, const ResamplingView& view, const ChildRow& row, const FamilyRange& range,
                 const FamilyPlace& place) {
    const ImVec4 colour =
        family_colour(context, view, view.event->ancestors[static_cast<size_t>(view.children[range.first])]);
    const ImU32 strong = to_u32(palette(context.view.light).playhead);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool room = row.each >= 2;
    if (!room) {
        const float left = row.left + row.each * static_cast<float>(range.first);
        list.AddRectFilled({left, place.bottom - 2},
                           {left + row.each * static_cast<float>(range.count), place.bottom + 2}, to_u32(colour));
    }
    if (!room && view.followed_children.empty()) {
        return;
    }
    float marked = -1;  // the pixel that has a mark: where children are narrower, one stands for all in it
    for (size_t i = range.first; i < range.first + range.count; ++i) {
        const ImVec2 child{row.left + row.each * (static_cast<float>(i) + 0.5F), place.bottom};
        const bool followed =
            (room || std::floor(child.x) != marked) && view.followed_children.contains(view.children[i]);
        if (room) {
            list.AddLine(place.parent, child, to_u32(colour, 0.8F), 1);
            list.AddCircleFilled(child, std::min(place.dot, 0.45F * row.each), to_u32(colour), 8);
        }
        if (followed) {
            marked = std::floor(child.x);
            list.AddLine(place.parent, child, strong, 1.4F);
            list.AddCircleFilled(child, std::clamp(0.45F * row.each, 2.5F, place.dot), strong, 8);
        }
    }
}

}  // namespace

double most_shown(const ResamplingView& view) {
    double most = 1;
    for (const int32_t parent : view.parents) {
        most = std::max(most, static_cast<double>(view.event->counts[static_cast<size_t>(parent)]));
        if (!view.event->weights.empty()) {
            most = std::max(most, std::ceil(expected(*view.event, parent)));
        }
    }
    for (const SchemeDraw& scheme : view.schemes) {
        for (const int32_t parent : view.parents) {
            most = std::max(most, static_cast<double>(scheme.counts[static_cast<size_t>(parent)]));
        }
    }
    return most;
}

int Columns::at(float x) const {
    const float column = std::floor((x - left) / width);
    return column >= 0 && column < static_cast<float>(count) ? static_cast<int>(column) : -1;
}

void draw_counts(const PanelContext& context, const ResamplingView& view, const Columns& columns,
                 const std::vector<int32_t>& counts, const VerticalRange& range) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const double most = most_shown(view);
    const float right = columns.left + columns.width * static_cast<float>(columns.count);
    list.AddRectFilled({columns.left, range.top}, {right, range.bottom}, to_u32(colours.lane, 0.5F), 2);
    const auto y_of = [&](double count) {
        return range.bottom - (range.bottom - range.top) * static_cast<float>(std::min(count / most, 1.0));
    };
    const float gap = std::min(0.12F * columns.width, 2.0F);
    for (size_t i = 0; i < columns.count; ++i) {
        const int32_t parent = view.parents[i];
        const float from = columns.left + columns.width * static_cast<float>(i) + gap;
        const float to = from + columns.width - 2 * gap;
        const auto count = static_cast<double>(counts[static_cast<size_t>(parent)]);
        list.AddRectFilled({from, y_of(count)}, {to, range.bottom},
                           to_u32(view.followed_parents.contains(parent) ? colours.playhead : colours.particle, 0.85F));
        if (!view.event->weights.empty()) {
            const float y = y_of(expected(*view.event, parent));
            list.AddRectFilled({from - gap, y - 1}, {to + gap, y + 1}, to_u32(colours.measurement));
        }
    }
}

ChildRow::ChildRow(const ResamplingView& view, const Columns& columns)
    : left(columns.left), count(view.children.size()) {
    each = columns.width * static_cast<float>(columns.count) / static_cast<float>(std::max<size_t>(count, 1));
}

int ChildRow::at(float x) const {
    const float place = std::floor((x - left) / each);
    return place >= 0 && place < static_cast<float>(count) ? static_cast<int>(place) : -1;
}

void draw_links(const PanelContext& context, const ResamplingView& view, const Columns& columns,
                const VerticalRange& range) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ChildRow row(view, columns);
    const float dot = std::clamp(0.3F * columns.width, 2.0F, 0.28F * ImGui::GetFontSize());
    const float top = range.top + dot + 1;
    const float bottom = range.bottom - dot - 1;
    size_t first = 0;
    for (size_t i = 0; i < columns.count; ++i) {
        const int32_t parent = view.parents[i];
        const auto count = static_cast<size_t>(view.event->counts[static_cast<size_t>(parent)]);
        const ImVec4 colour = family_colour(context, view, parent);
        const ImVec2 from{columns.middle(i), top};
        const bool strong = view.followed_parents.contains(parent);
        if (count == 0) {
            list.AddCircle(from, dot, to_u32(strong ? colours.playhead : colours.faint), 0, strong ? 2.2F : 1.2F);
            continue;
        }
        const float x = row.left + row.each * static_cast<float>(first);
        const float to = x + row.each * static_cast<float>(count);
        list.AddTriangleFilled(from, {x, bottom}, {to, bottom}, to_u32(colour, strong ? 0.55F : 0.25F));
        draw_family(context, view, row, {first, count}, {from, bottom, dot});
        list.AddCircleFilled(from, dot, to_u32(strong ? colours.playhead : colour));
        first += count;
    }
}

}  // namespace drift
