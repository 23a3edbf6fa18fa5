// Which curves a scenario has, and writing an edited one back. Every parameter that is a curve is found by walking the
// parameter sets; the noise schedule is a curve of its own, ln sigma over u.
#pragma once

#include "app/curve_editor.h"
#include "app/view.h"

#include "core/scenario.h"

#include <optional>
#include <string>
#include <vector>

namespace drift {

/// The target of the noise schedule, whatever its type.
inline const CurveTarget noise_target{Kind::Schedule, "knots"};

struct CurveSource {
    CurveTarget target;
    std::string title;  // "guidance strength"
    std::string name;   // for the history: "guidance"
    Help help;
    Curve curve;
    CurveLimits limits;
    bool logarithmic = false;  // axis to begin with
    bool noise = false;        // values are ln sigma
    bool drawn = true;         // false: a noise schedule by formula, fitted by knots that are not in the scenario yet
};

/// The curves of prior, condition and sampler, in the order of their panels, and last the noise schedule. `sigma` is
/// the list of noise levels of the run that is shown, the last one 0; without it a schedule that was not drawn is left
/// out.
std::vector<CurveSource> curve_sources(const Scenario& scenario, const std::vector<double>& sigma);

/// Writes the curve into the scenario. A noise schedule becomes one that is drawn, with as many steps as before. Throws
/// UserError where the scenario does not take it.
void store_curve(Scenario& scenario, const CurveTarget& target, const Curve& curve);

/// The knots of a list of noise levels, at most CurveEditor::max_freehand_knots of them: (u, ln sigma).
Curve noise_curve(const std::vector<double>& sigma);

}  // namespace drift
