// PiGDM for sensors that round what they report: no derivative of the sensor is needed, only a pseudo-inverse.
#pragma once

#include "core/twist.h"

namespace drift {

/// Whether the condition has such a pseudo-inverse: a linear operator, rounded.
bool has_pseudo_inverse(const Condition& condition);

/// pull = sigma^2 J^T u / r^2, u = h^+(y) - h^+(h(D)). guidance.md 1.6.4. Throws UserError for other forms of the pull.
std::shared_ptr<const Twist> pseudo_inverse_twist(const Problem& problem, const TwistOptions& options);

}  // namespace drift
