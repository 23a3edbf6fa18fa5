// Painting the prior's density with the mouse.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/panels.h"

namespace drift {

/// Brush, eraser and clear, in a row of their own; nothing where the prior is not painted.
void draw_paint_toolbar(PanelContext& context, DataView& data);
/// Between BeginPlot and EndPlot: the painting, and strokes on it. A stroke is one edit, made when it ends: the prior
/// is learned anew once then.
void draw_painting(PanelContext& context, DataView& data);

}  // namespace drift
