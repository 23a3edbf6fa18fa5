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

struct ScheduleView {
    // Chosen by the user
    StepAxis axis = StepAxis::Step;
    bool noise_lines = false;                 // sigma(u) and tau(u) behind the curve
    std::map<std::string, bool> logarithmic;  // vertical axis, by key

    CurveEditor editor;
    std::optional<CurveTarget> shown;  // in the frame before
    std::optional<Curve> preview;      // a preset under the mouse
    double v_min = 0, v_max = 1;       // vertical range, held still during a gesture

    // The noise schedule of a formula, fitted by knots once for a run
    uint64_t fitted_recording = 0;
    std::vector<CurveSource> sources;
    uint64_t sources_revision = 0;
};

}  // namespace drift
