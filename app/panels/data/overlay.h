// What is drawn over and under the cloud with ImGui's own lines: few things, sharp at every zoom. All of it is called
// between BeginPlot and EndPlot.
#pragma once

#include "app/panels/data/data_view.h"
#include "app/panels/panels.h"

#include <imgui.h>

namespace drift {

/// Of the descendants of a particle at most so many are marked, evenly.
constexpr size_t most_marked = 300;

/// An invisible button in the plot; the layout goes on as if it were not there. Returns whether it is held.
bool button_in_plot(const char* id, const ImVec2& corner, const ImVec2& size);

/// Contours of the prior, faint; below the particles.
void draw_prior_contours(const PanelContext& context, DataView& data);
/// Contours of the exact posterior; above the particles.
void draw_truth_contours(const PanelContext& context, DataView& data);
/// The measurements as lines with their bands; the band goes below the particles.
void draw_measurement_bands(PanelContext& context, DataView& data);
/// The lines themselves and the handles to drag them by. One drag is one step of the history.
void draw_measurement_lines(PanelContext& context, DataView& data);
/// Where in the noise f comes to the measurement: one line, or as many as the map makes of it.
void draw_measurement_in_noise(const PanelContext& context, const DataView& data);
/// Score, guidance and their sum, of at most 600 arrows.
void draw_arrows(const PanelContext& context, DataView& data);
/// A square grid of the noise, or what the decoder makes of it; where that are numbers, the lines of equal ones.
void draw_decoder_grid(const PanelContext& context, DataView& data);
/// The particle under the mouse with a tooltip, the selected one, and the paths that led to them.
void draw_selection(PanelContext& context, DataView& data);
/// Of a line, for draw_selection. The particle nearest to the mouse at any height: who points at a bar means the
/// particles in it; -1 for none.
int32_t particle_on_line(const DataView& data);
/// The way of a particle down from the start at the top of the plot, and dots at the foot for who it is in the state
/// shown.
void draw_way_on_line(const PanelContext& context, const DataView& data, const ParticleRef& particle, float alpha);
void draw_followed_on_line(const PanelContext& context, const DataView& data);
/// A tick below the line for each particle.
void draw_rug(const PanelContext& context, const DataView& data);

/// Zooming or panning by hand takes the view over; a double click gives it back.
void watch_hand(DataView& data);

}  // namespace drift
