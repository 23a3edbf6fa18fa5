// Which moment of a recording is shown: a state, between two of them, or in a phase of the step to one. Plain values.
#pragma once

#include "app/view.h"

#include "core/recording.h"

#include <cstdint>

namespace drift {

/// The state to show. `fraction` of the way to the next one; particles of that one are shown, coming from their
/// parents.
struct CloudMoment {
    int64_t step = 0;
    double fraction = 0;
    /// Where it is not Whole, a phase of the step that leads to `step`, and `fraction` the way through it.
    Phase phase = Phase::Whole;
    bool children = false;  // of its resampling are recorded, in a phase: the newest state still waits for them

    bool operator==(const CloudMoment&) const = default;
};

/// The fraction that can be shown of this moment: 0 where the next state is not there or has no particles any more.
CloudMoment shown_moment(const Recording& recording, int64_t step, double fraction);

/// The moment of a phase; the whole state where it needs particles that the recording has dropped.
CloudMoment phase_moment(const Recording& recording, const View& view);

/// The noise level of a moment, between two states in logarithms.
double shown_sigma(const Recording& recording, const CloudMoment& moment);

}  // namespace drift
