// One resampling as pictures: a column for each parent that is shown, the same in all of them.
#pragma once

#include "app/panels/panels.h"
#include "app/panels/weights/weights_view.h"

#include <imgui.h>

#include <vector>

namespace drift {

/// The columns on the screen.
struct Columns {
    float left = 0;
    float width = 1;  // of each
    size_t count = 0;

    float middle(size_t i) const { return left + width * (static_cast<float>(i) + 0.5F); }
    /// The column there, or -1.
    int at(float x) const;
};

/// Between these heights of the screen.
struct VerticalRange {
    float top = 0, bottom = 0;
};

/// The most children or n W_i of the parents shown: all pictures have one scale, from 0 to that.
double most_shown(const ResamplingView& view);

/// Bars of the counts with a mark for n W_i where that is known. `counts` is of all parents.
void draw_counts(const PanelContext& context, const ResamplingView& view, const Columns& columns,
                 const std::vector<int32_t>& counts, const VerticalRange& range);
/// The row of the children of the parents shown, as wide as all columns together.
struct ChildRow {
    float left = 0;
    float each = 1;  // width of a child
    size_t count = 0;

    ChildRow(const ResamplingView& view, const Columns& columns);
    /// The place in view.children of the child there, or -1.
    int at(float x) const;
};
/// From each parent to its children in the row below.
void draw_links(const PanelContext& context, const ResamplingView& view, const Columns& columns,
                const VerticalRange& range);

}  // namespace drift
