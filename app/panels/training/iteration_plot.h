// Plots over the iterations of a training: axes, lines with their names and values, and scrubbing.
#pragma once

#include "app/panels/panels.h"
#include "app/panels/training/training_view.h"
#include "app/theme.h"

#include "core/params.h"

#include <imgui.h>

#include <string>
#include <vector>

namespace drift {

/// A line of a plot and its entry above it.
struct TrainingLine {
    const char* name;
    const TrainingCurve* curve;
    ImVec4 colour;
    std::string value;  // at the state shown
    Help help;
    float width = 2;
};

/// What is left of `room` pixels for a plot whose names began at `top`; never too little to be read.
float rest_of(float room, float top);

/// What kind of numbers an axis has.
enum class Scale { Linear, Logarithmic, Percent };

/// Names, colours and values in rows that wrap.
void draw_line_names(const std::vector<TrainingLine>& lines);

/// Between begin and end ImPlot is drawing. False where nothing is visible; then there is nothing to end.
bool begin_iteration_plot(const TrainingView& training, const char* id, float height, Span span, Scale scale);
void draw_training_line(const TrainingLine& line);
/// What samples that were drawn on the way say, as dots.
void draw_sampled(const PanelContext& context, const TrainingCurve& sampled, const ImVec4& colour);
/// Over lines that were measured under the condition before; dots are of this one.
void draw_condition_note(const PanelContext& context);
/// The playhead, what is under the mouse, and scrubbing with it.
void end_iteration_plot(PanelContext& context, TrainingView& training, const char* id);

/// Of the lines and bars of a source. Exploration and data are often seen together: theirs are far apart.
inline ImVec4 source_colour(int64_t source, bool light) {
    constexpr int64_t places[] = {0, 6, 2, 3, 4, 5, 1};
    return category_colour(places[source], light);
}

/// A quantity with its unit as the panel shows it; a dash where it is not known.
std::string share_text(double share);

}  // namespace drift
