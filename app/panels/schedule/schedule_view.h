// What the schedule editor keeps from one frame to the next.
#pragma once

#include "app/curve_editor.h"
#include "app/panels/schedule/curve_source.h"
#include "app/view.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace drift {

enum class StepAxis { Step, U, Sigma };

/// What is being typed into the fields of a knot. It belongs to that knot, whatever is clicked next.
struct KnotEntry {
    int knot = -1;  // -1 while nothing is
    Knot wanted;
    int shown = -1;          // the knot that the fields show
    int id = 0;              // of the fields: others for another knot
    bool no_number = false;  // what stands in the field that is being typed into is none
};

struct ScheduleView {
    // Chosen by the user
    StepAxis axis = StepAxis::Step;
    bool noise_lines = false;                 // sigma(u) and tau(u) behind the curve
    std::map<std::string, bool> logarithmic;  // vertical axis, by key

    CurveEditor editor;
    std::optional<CurveTarget> shown;  // in the frame before
    std::optional<Curve> preview;      // a preset under the mouse
    double v_min = 0, v_max = 1;       // vertical range, held still during a gesture

    KnotEntry entry;
    bool nudging = false;  // an arrow is held down: letting go of it ends the gesture

    // The noise schedule of a formula, fitted by knots once for a run
    uint64_t fitted_recording = 0;
    std::vector<CurveSource> sources;
    uint64_t sources_revision = 0;
};

}  // namespace drift
