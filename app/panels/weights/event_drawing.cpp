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

bool is_followed(const PanelContext& context, const ResamplingView& view, int32_t parent) {
    const ParticleRef here{view.event->parents, parent};
    return context.view.hovered == here || context.view.selected == here;
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
                           to_u32(is_followed(context, view, parent) ? colours.playhead : colours.particle, 0.85F));
        if (!view.event->weights.empty()) {
            const float y = y_of(expected(*view.event, parent));
            list.AddRectFilled({from - gap, y - 1}, {to + gap, y + 1}, to_u32(colours.measurement));
        }
    }
}

void draw_links(const PanelContext& context, const ResamplingView& view, const Columns& columns,
                const VerticalRange& range) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    int64_t children = 0;
    for (const int32_t parent : view.parents) {
        children += view.event->counts[static_cast<size_t>(parent)];
    }
    const float whole = columns.width * static_cast<float>(columns.count);
    const float each = whole / static_cast<float>(std::max<int64_t>(children, 1));
    const float dot = std::clamp(0.3F * columns.width, 2.0F, 0.28F * ImGui::GetFontSize());
    const float top = range.top + dot + 1;
    const float bottom = range.bottom - dot - 1;
    float x = columns.left;
    for (size_t i = 0; i < columns.count; ++i) {
        const int32_t parent = view.parents[i];
        const int32_t count = view.event->counts[static_cast<size_t>(parent)];
        const ImVec4 colour = family_colour(context, view, parent);
        const ImVec2 from{columns.middle(i), top};
        const bool strong = is_followed(context, view, parent);
        if (count == 0) {
            list.AddCircle(from, dot, to_u32(strong ? colours.playhead : colours.faint), 0, 1.2F);
            continue;
        }
        const float to = x + each * static_cast<float>(count);
        list.AddTriangleFilled(from, {x, bottom}, {to, bottom}, to_u32(colour, strong ? 0.55F : 0.25F));
        for (int32_t child = 0; child < count && each >= 2; ++child) {
            const ImVec2 place{x + each * (static_cast<float>(child) + 0.5F), bottom};
            list.AddLine(from, place, to_u32(colour, 0.8F), 1);
            list.AddCircleFilled(place, std::min(dot, 0.45F * each), to_u32(colour), 8);
        }
        if (each < 2) {
            list.AddRectFilled({x, bottom - 2}, {to, bottom + 2}, to_u32(colour));
        }
        list.AddCircleFilled(from, dot, to_u32(strong ? colours.playhead : colour));
        x = to;
    }
}

}  // namespace drift
