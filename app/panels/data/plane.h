// The cloud of one space with what belongs to it, inside ImPlot's axes: the picture that the data panel and the noise
// panel share.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/panels.h"

namespace drift {

/// The whole panel of one space: toolbar, plot and legend. The recording has particles in that space.
void draw_space(PanelContext& context, DataView& data);

}  // namespace drift
