// How far the trajectories of a trained sampler are from balance, for the colours of its particles. Plain values.
#pragma once

#include "core/recording.h"

#include <cstdint>

namespace drift {

/// The state that says what the residual of every trajectory through `step` is: the state itself while the sampler
/// learns, and the end of the sampling else. -1 where that is not recorded, or not yet.
int64_t state_with_residuals(const Recording& recording, int64_t step);

/// Where |delta| lies on the colour scale: 0 for 0, 1 for largest_residual nats and more.
double residual_on_scale(double delta);
inline constexpr double largest_residual = 100;

}  // namespace drift
