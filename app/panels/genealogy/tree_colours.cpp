#include "app/panels/genealogy/tree_colours.h"

#include "app/panels/data/cloud.h"
#include "app/theme.h"

#include "core/mixture_view.h"

#include <algorithm>
#include <optional>

namespace drift {
namespace {

/// By the weight that a particle had when its generation ended.
ImU32 weight_colour(const PanelContext& context, const Frame& frame, int32_t slot) {
    const auto weight = static_cast<double>(frame.weights[static_cast<size_t>(slot)]);
    return to_u32(value_colour(weight_on_scale(weight, frame.count), context.view.light));
}

/// By the modes that the lines of one generation are nearest to when it ends, [first, last) of them.
void colour_modes(const PanelContext& context, const MixtureView& modes, TreeView& tree, size_t first, size_t last) {
    const std::vector<TreeLine>& lines = tree.layout.survivors;
    const Generation& generation = tree.genealogy.generations()[lines[first].generation];
    const Frame& frame = *context.recording.at(context.recording.with_arrays(generation.last));
    if (frame.numbers.step < generation.first || frame.dimension != modes.dimension) {
        return;  // thinned all through
    }
    std::vector<float> places;
    for (size_t i = first; i < last; ++i) {
        const auto row = frame.x.begin() + int64_t{lines[i].slot} * frame.dimension;
        places.insert(places.end(), row, row + frame.dimension);
    }
    const std::vector<int32_t> nearest = nearest_components(modes, places);
    for (size_t i = first; i < last; ++i) {
        if (nearest[i - first] >= 0) {
            tree.colours[i] = to_u32(category_colour(nearest[i - first], context.view.light));
        }
    }
}

void colour_all_modes(const PanelContext& context, TreeView& tree) {
    const Scene& scene = *context.scene();
    const std::optional<MixtureView>& modes = scene.prior ? scene.prior : scene.posterior;
    const std::vector<TreeLine>& lines = tree.layout.survivors;
    size_t first = 0;
    while (modes && first < lines.size()) {
        size_t last = first;
        while (last < lines.size() && lines[last].generation == lines[first].generation) {
            ++last;
        }
        colour_modes(context, *modes, tree, first, last);
        first = last;
    }
}

}  // namespace

void colour_survivors(const PanelContext& context, TreeView& tree) {
    const View& view = context.view;
    if (tree.coloured_version == tree.version && tree.coloured_by == view.colour_by &&
        tree.coloured_light == view.light && tree.colours.size() == tree.layout.survivors.size()) {
        return;
    }
    tree.coloured_version = tree.version;
    tree.coloured_by = view.colour_by;
    tree.coloured_light = view.light;
    tree.colours.assign(tree.layout.survivors.size(), to_u32(palette(view.light).particle));
    if (view.colour_by == ColourBy::Mode) {
        colour_all_modes(context, tree);
        return;
    }
    for (size_t i = 0; i < tree.colours.size(); ++i) {
        const TreeLine& line = tree.layout.survivors[i];
        const Frame& frame = *context.recording.at(tree.genealogy.generations()[line.generation].last);
        if (view.colour_by == ColourBy::Weight && !frame.weights.empty()) {
            tree.colours[i] = weight_colour(context, frame, line.slot);
        } else if (view.colour_by == ColourBy::Ancestor) {
            tree.colours[i] = to_u32(category_colour(tree.genealogy.eve_of(line.generation, line.slot), view.light));
        }
    }
}

}  // namespace drift
