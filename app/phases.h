// One step in slow motion (interface.md 5.4): the particles propagate, get new weights, are resampled, and move on.
// Which of these happen, and in which order, depends on the method. Plain values, tested without a window.
#pragma once

#include "app/view.h"

#include "core/recording.h"

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

/// Seconds that a phase takes.
inline constexpr double phase_seconds = 1.2;

/// The phases of a step to a state after the start; a method without weights only propagates.
std::vector<Phase> phases_of(const Scene& scene);

/// The phases of that very state: nothing leads to the start, and on a ladder nothing happens there.
std::vector<Phase> phases_at(const Recording& recording, int64_t step);

const char* phase_name(Phase phase);

/// Opens the step that led to the state shown, or goes on to its next phase and then to the next step. Stays in the
/// last phase of the newest state.
void next_phase(View& view, const Recording& recording);

/// Back to whole states.
void leave_phases(View& view);

/// Lets time pass in a phase; the next one follows by itself where the view plays. Leaves the phases where the
/// recording has lost the state.
void play_phases(View& view, double seconds, const Recording& recording);

/// Whether time changes the picture.
bool phase_moves(const View& view, const Recording& recording);

/// What the phase shows, in numbers: "Weight: 38 % of the particles carry 90 % of the weight ..."
std::string phase_caption(const View& view, const Recording& recording);

}  // namespace drift
