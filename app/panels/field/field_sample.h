// A few particles of a state that stand for all of them, so that a panel's numbers take no longer for many. Plain
// values, free of ImGui.
#pragma once

#include "core/frame.h"

#include <cstddef>

namespace drift {

/// What the field panel needs of about `most` particles. Of more than that, particles with weights are drawn
/// systematically along them, heavy ones several times, and come back as equals; equal ones are chosen evenly.
Frame sample_of(const Frame& frame, size_t most);

}  // namespace drift
