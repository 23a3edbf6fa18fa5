// The window: what main() calls, and nothing else.
#pragma once

#include "core/run.h"
#include "core/scenario.h"

#include <cstdint>
#include <optional>
#include <string>

namespace drift {

struct WindowOptions {
    std::optional<Scenario> scenario;  // none: assets/scenarios/scene_a.json
    std::string path;                  // the file it came from; empty for none
    Device device = Device::Cpu;
    int width = 1280;
    int height = 800;
    bool light = false;
    std::string layout;  // by its name, empty for the one that is usual
    std::string panel;   // to bring to the front
    std::string part;    // likewise this tab or choice of a panel
    std::string phase;   // of the step that is shown in a screenshot; empty for all of it
    bool hidden = false;
    bool settings = true;      // read and write the user's layout and settings
    std::string trainings;     // the folder that trainings are kept in on the way; empty for none
    bool frame_times = false;  // print what the frames took at the end, as JSON; also $DRIFT_FRAME_TIMES
    double run_for = 0;        // seconds after which the window closes by itself, also $DRIFT_RUN_FOR; 0: never
};

/// Opens the window and returns when it is closed, with the exit status. Throws UserError where no display or no
/// sufficient OpenGL can be had, naming what works without one.
int open_window(const WindowOptions& options);

/// Draws the window without showing it, with the run finished or, with `step` >= 0, as it stood at that step, and
/// writes it as a PNG file (a temporary file beside it, then renamed). Throws UserError where that is not possible and
/// RunError where the run failed.
int take_screenshot(const WindowOptions& options, const std::string& png, int64_t step = -1);

}  // namespace drift
