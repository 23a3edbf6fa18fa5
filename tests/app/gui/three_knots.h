// What tests of the schedule editor begin with.
#pragma once

#include "gui_harness.h"

#include "core/curve.h"

#include <variant>

namespace drift::test {

inline const Curve& guidance(const Gui& gui) {
    return std::get<Curve>(gui.app.session().scenario().sampler.params.at("guidance").value);
}

/// Scene A with three knots in its guidance, everything at rest and the editor in front.
inline void begin_with_three_knots(Gui& gui) {
    gui.wait_for_run();
    gui.app.view().playing = false;
    gui.app.session().edit("three knots", [](Scenario& scenario) {
        scenario.sampler.params.set("guidance", Value(Curve({{0, 1}, {0.5, 1}, {1, 1}}, Interpolation::Linear)));
    });
    gui.app.view().curve = {Kind::Sampler, "guidance"};
    gui.wait_for_run();
    gui.hands.WindowFocus("//Schedule");
    gui.hands.SetRef("//Schedule");
    gui.hands.Yield(3);
}

}  // namespace drift::test
