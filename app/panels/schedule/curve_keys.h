// The keyboard and the row of controls of the schedule editor.
#pragma once

#include "app/panels/panels.h"
#include "app/panels/schedule/schedule_view.h"

namespace drift {

/// Tab and arrows, Insert, Delete, Ctrl+C and Ctrl+V while the editor has the focus.
void handle_curve_keys(PanelContext& context, ScheduleView& schedule, const CurveSource& source);
/// Presets, interpolation, axes, copy and paste.
void draw_curve_toolbar(PanelContext& context, ScheduleView& schedule, const CurveSource& source);
/// u and value of the selected knot to type, or a hint of what the mouse does.
void draw_knot_fields(PanelContext& context, ScheduleView& schedule, const CurveSource& source);

/// Gives the number that is being typed to its knot, before anything else happens to the curve.
void take_typed(PanelContext& context, ScheduleView& schedule, const CurveSource& source);
/// Forgets it: its knot may be another one now.
void drop_typed(ScheduleView& schedule);

/// Ends the gesture of an arrow key, held down or not: what follows is another step of the history.
void finish_nudge(ScheduleView& schedule, Session& session);
/// Ends the gesture of an arrow key that is no longer held down; for every frame, since the panel may be hidden by
/// then.
void end_nudge(ScheduleView& schedule, Session& session);

}  // namespace drift
