// The family tree inside ImPlot's axes: steps across, places from 0 at the top to 1 at the foot. Called between
// BeginPlot and EndPlot.
#pragma once

#include "app/panels/genealogy/tree_view.h"
#include "app/panels/panels.h"

namespace drift {

/// Bands, dead branches, survivors and where these meet.
void draw_tree(const PanelContext& context, TreeView& tree);
/// The paths of the particles that are hovered, selected or brushed.
void draw_tree_paths(const PanelContext& context, TreeView& tree);
/// The particle under the mouse: hovered everywhere, described here.
void hover_tree(PanelContext& context, const TreeView& tree);

}  // namespace drift
