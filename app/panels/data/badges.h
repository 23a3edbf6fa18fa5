// Words in the corners of the data panel's plot: which state it is, and what to be careful about. Called between
// BeginPlot and EndPlot.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/panels.h"

namespace drift {

/// The state and its noise level, whether it is interpolated, thinned, a preview or out of date, and how many particles
/// cannot be seen because they are not finite or have left the picture.
void draw_badges(const PanelContext& context, const DataView& data);

/// Particles that are finite and outside of the limits; `flat` for points on a line.
int64_t count_outside(const std::vector<PlanePoint>& places, const GridBox& limits, bool flat);

/// Whether so many of n are to be told, at this noise level.
bool is_worth_a_badge(int64_t outside, int64_t n, double sigma);

}  // namespace drift
