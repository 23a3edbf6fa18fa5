// Trainings of a moment for tests of the window.
#pragma once

#include "gui_harness.h"

#include "app/paths.h"
#include "core/scenario.h"
#include "support/settings.h"

#include <string>

namespace drift::test {

/// The square map, whose posterior in noise space has no closed form, for a moment.
inline Scenario square_map() {
    Scenario scenario = load_scenario(asset_path("scenarios/trained_square_map.json"));
    test::set_values(scenario, {{"sampler.iterations", "10"},
                                {"sampler.report_every", "5"},
                                {"sampler.batch", "8"},
                                {"sampler.steps", "6"},
                                {"sampler.width", "8"}});
    scenario.particles = 40;
    return scenario;
}

inline WindowOptions opened(const Scenario& scenario, const std::string& panel) {
    WindowOptions options;
    options.scenario = scenario;
    options.panel = panel;
    return options;
}

/// The run at rest at this state.
inline void look_at(Gui& gui, double step) {
    gui.app.view().playing = false;
    gui.app.view().playhead = step;
    gui.hands.Yield(3);
}

}  // namespace drift::test
