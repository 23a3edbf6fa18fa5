// The plot of the schedule editor: ImPlot's frame with handles of our own.
#pragma once

#include "app/panels/panels.h"
#include "app/panels/schedule/schedule_view.h"

#include <string>
#include <vector>

namespace drift {

/// Draws the curve and lets it be edited. Between BeginAlignedPlots and EndAlignedPlots.
void draw_curve_plot(PanelContext& context, ScheduleView& schedule, const CurveSource& source, float height);

/// Puts the editor's curve into the scenario under the name of its latest deed.
void store_edit(PanelContext& context, ScheduleView& schedule, const CurveSource& source, bool finished);

/// Places and labels of ticks along u in the unit that was chosen.
struct StepTicks {
    std::vector<double> places;
    std::vector<std::string> labels;
    std::string title;
    std::string ends = "noise on the left, data on the right";
};
/// `sigma` has `steps` + 1 levels or is empty; then sigma falls back to steps.
StepTicks step_ticks(StepAxis axis, int64_t steps, const std::vector<double>& sigma);

/// Sets the horizontal axis of a plot to u from 0 to 1, labelled by these ticks.
void setup_step_axis(const StepTicks& ticks, bool labels);

/// The strip of what the schedule did: |guidance| / |score| over the steps.
void draw_force_strip(const PanelContext& context, const ScheduleView& schedule, float height);

/// The same of methods that learn: how far the residuals of a batch were spread.
void draw_residual_strip(const PanelContext& context, const ScheduleView& schedule, float height);

/// For methods without a noise schedule: the share of moves accepted, and beta on a logarithmic axis.
void draw_acceptance_strip(const PanelContext& context, const ScheduleView& schedule, float height, bool labels);
void draw_ladder_plot(const PanelContext& context, const ScheduleView& schedule, float height);
/// Whether the curve is the ladder that the run shown climbed: then its rungs are dots on the curve.
bool is_ladder(const PanelContext& context, const CurveSource& source);
/// The same dots as in the ladder plot, in the plot that is open; the one under the mouse says what it is.
void draw_rungs_on_curve(const PanelContext& context, bool describe_them);

/// Whether the run that is shown walks a noise schedule; true before there is one.
bool shows_noise(const PanelContext& context);

/// What lies at both ends of its steps.
std::string ends_of(const PanelContext& context);

/// The number of states of the run that is shown that have a place along u, at least 1: the steps, or without a noise
/// schedule the start as well. Of methods that learn the iterations, for their curves are over the training.
int64_t steps_of(const PanelContext& context);

/// Where the state shown is along u, at most 1.
double place_shown(const PanelContext& context);

/// What a method that learns says of the state shown; null for others.
const TrainingNumbers* training_shown(const PanelContext& context);

}  // namespace drift
