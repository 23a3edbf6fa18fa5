// What answers while a knob is being dragged: the same scenario with fewer particles where the whole run would take too
// long (interface.md 5.6). The noise of a particle does not depend on how many there are, so that the ones that are
// shown go where they go in the whole run. Plain arithmetic.
#pragma once

#include "core/recording.h"

#include <cstdint>

namespace drift {

inline constexpr int64_t most_preview_particles = 256;
inline constexpr int64_t least_preview_particles = 4;

/// What a run with so many particles would take in seconds, judged by the newest state of a recording; 0 where nothing
/// is known yet.
double expected_seconds(const Recording& recording, int64_t particles);

/// The particles that can answer within `limit` seconds where `particles` take `seconds`: all of them, or at most 256.
int64_t preview_particles(int64_t particles, double seconds, double limit);

}  // namespace drift
