// The keyboard and the row of controls of the schedule editor.
#pragma once

#include "app/panels/panels.h"
#include "app/panels/schedule/schedule_view.h"

namespace drift {

/// Tab and arrows, Delete, Ctrl+C and Ctrl+V while the editor has the focus.
void handle_curve_keys(PanelContext& context, ScheduleView& schedule, const CurveSource& source);
/// Presets, interpolation, axes, copy and paste.
void draw_curve_toolbar(PanelContext& context, ScheduleView& schedule, const CurveSource& source);
/// u and value of the selected knot to type, or a hint of what the mouse does.
void draw_knot_fields(PanelContext& context, ScheduleView& schedule, const CurveSource& source);

}  // namespace drift
