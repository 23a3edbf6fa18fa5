// Colours, sizes and style of the window. Categories are Okabe and Ito's eight, values are viridis: both can be told
// apart with any common colour blindness, and neither is ever the only sign (interface.md 5.12).
#pragma once

#include "app/log.h"
#include "app/view.h"

#include <imgui.h>

namespace drift {

/// Colours by meaning, for the theme in use.
struct Palette {
    ImVec4 background;  // behind plots and pictures
    ImVec4 text;
    ImVec4 faint;        // secondary text, axes
    ImVec4 lane;         // fill of quiet areas, such as the ESS lane
    ImVec4 truth;        // exact posterior: contours, bars, reference lines
    ImVec4 particle;     // particles and values of the run where no other colour is asked for (Okabe-Ito blue)
    ImVec4 guidance;     // arrows and curves of guidance (Okabe-Ito vermilion)
    ImVec4 score;        // arrows of the score (Okabe-Ito blue: green would be lost among viridis)
    ImVec4 measurement;  // Okabe-Ito orange
    ImVec4 playhead;
    ImVec4 good, warning, error;
};

const Palette& palette(bool light);
/// Okabe and Ito's colours in turn, for modes and ancestors; without black and, on light ground, without yellow.
ImVec4 category_colour(int64_t index, bool light);
/// share in [0, 1]; clamped.
ImVec4 viridis(double share);
/// viridis so that more is easier to see: rising on dark ground and falling on light, without the last bit of the pale
/// end.
ImVec4 value_colour(double share, bool light);
/// From orange at -1 over the ground of plots at 0 to blue at 1; clamped.
ImVec4 diverging_colour(double value, bool light);
ImU32 to_u32(const ImVec4& colour, float alpha = 1);
ImVec4 level_colour(Level level, bool light);

/// Style of ImGui and ImPlot for this theme, from a fresh copy each time; sizes follow the type size.
void apply_theme(const View& view);

}  // namespace drift
