// The parts of the training panel below its head, in `room` pixels of height. `numbers` are those of the state shown.
#pragma once

#include "app/panels/training/iteration_plot.h"

#include <span>

namespace drift {

/// What was recorded of the training so far, whichever panel asks first. Graphics have to be there.
TrainingView& training_of(const PanelContext& context);

/// Both bounds and the estimate of log Z, with the exact value and what no training can close.
void draw_log_z_plot(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers, float room);

/// Names to choose a tab by; `view.training_tab` is the chosen one, the first where it is none of these.
void draw_tab_names(View& view, std::span<const char* const> names);

/// One of several: residuals, loss, effective sample sizes, sources, other methods.
void draw_training_tabs(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers, float room);

/// Where trajectories came from, how far off they are, and what the buffers hold.
void draw_sources(PanelContext& context, const TrainingNumbers& numbers);

/// What the samples of this run and of others on the problem achieve, reward against diversity.
void draw_outcomes(PanelContext& context, float room);

/// The button that compares methods on this problem, or stops that and says how far it is.
void draw_comparison(PanelContext& context);

/// The same in numbers, with a choice of methods, and why those that cannot be used here cannot.
void draw_methods(PanelContext& context);

}  // namespace drift
