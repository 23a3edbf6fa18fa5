// log Z of a noise space of one or two dimensions by a fine grid, where there is no closed form: the line that the
// estimates of a sampler have to come to.
#pragma once

#include "core/sampler.h"

#include <optional>

namespace drift {

/// log of the integral of N(z; 0, I) p(y | f(z)), in float64. Nothing where the noise has more dimensions, the map
/// costs denoiser calls, or half the spacing gives another answer, as at the edge of a half-space.
std::optional<double> quadrature_log_z(const Task& task);

}  // namespace drift
