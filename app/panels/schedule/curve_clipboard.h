// Curves that come from elsewhere: text of the clipboard, in the units of the axis, where noise levels are sigma and
// not ln sigma as inside, and the formulas of noise schedules. Free of ImGui.
#pragma once

#include "app/panels/schedule/curve_source.h"

#include <string>
#include <string_view>

namespace drift {

std::string clipboard_text(const CurveSource& source, const Curve& curve);

/// Reads what clipboard_text() writes and the other forms of curve_from_text(). Throws UserError for what is no curve
/// and for one that the source cannot take: nothing is clamped. Noise levels run in logarithms between their knots
/// where the text does not say how, and no text may say otherwise.
Curve curve_from_clipboard(const CurveSource& source, std::string_view text);

/// The shape of a noise schedule by formula as knots (u, ln sigma), between the ends of `now` where it has ends to
/// choose; `now` itself where there is no such schedule between them.
Curve noise_preset(const std::string& schedule, const Curve& now);

}  // namespace drift
