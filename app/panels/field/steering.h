// How what was learned agrees with the exact field, where that has anything left to say.
#pragma once

#include "app/panels/field/field_view.h"

#include <string>
#include <vector>

namespace drift {

/// Where y moves the expected end by less than this share of what is not known of it, nothing is left to steer: near
/// the end particles have settled in their modes, the exact field is rounding there, and angles with it say nothing.
inline constexpr double least_steering = 0.01;

/// Fills in how the fields of the picture agree, on the grid and as medians over the particles that are steered.
void compare_fields(CorrectionPicture& picture);

/// One sentence a field that can be compared; empty where the exact field is not known.
std::vector<std::string> steering_texts(const CorrectionPicture& picture);

}  // namespace drift
