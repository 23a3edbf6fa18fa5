// What the lines of survivors are coloured by: the same as the particles of the picture.
#pragma once

#include "app/panels/genealogy/tree_view.h"
#include "app/panels/panels.h"

namespace drift {

/// A colour for each of layout.survivors, found anew where the layout or the way of colouring has changed.
void colour_survivors(const PanelContext& context, TreeView& tree);

}  // namespace drift
