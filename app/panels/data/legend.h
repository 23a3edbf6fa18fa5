// The rows around the plot of the data panel: what to show, and what the signs mean.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/panels.h"

namespace drift {

/// Switches and lists above the plot.
void draw_data_toolbar(PanelContext& context, DataView& data);
/// Whether the panel is high enough for a legend below the plot; otherwise the toolbar's popup has it.
bool legend_fits();
/// The signs in use below the plot; its height is that of one or two lines of text.
void draw_data_legend(const PanelContext& context, const DataView& data);

}  // namespace drift
