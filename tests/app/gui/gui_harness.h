// The whole window without a display: Hello ImGui's null back end, driven by ImGui's test engine at full speed.
#pragma once

#include "app/application.h"

#include <imgui_test_engine/imgui_te_context.h>

#include <functional>
#include <string>
#include <vector>

namespace drift::test {

/// Hands and eyes of a test: what a user can do, and what the program holds.
struct Gui {
    ImGuiTestContext& hands;
    Application& app;

    /// Draws frames until `condition` holds; a failure of the test where it does not within a minute.
    void wait_until(const std::function<bool()>& condition, const std::string& what);
    /// Until the run of the newest edit has finished and is on screen.
    void wait_for_run();
    /// At rest in the state that playing ends with, or in another.
    void rest_at_the_end();
    void rest_at(double step);
    /// Drags the left button along these places with Shift held.
    void choose_along(const std::vector<ImVec2>& places);
    /// Presses a key or chord with no field active.
    void press(ImGuiKeyChord key) { hands.KeyPress(key); }
    std::string last_toast() const;
};

/// Opens the window on `options`, lets `script` drive it, and closes it. A failed check of the script fails the test.
void drive(const WindowOptions& options, const std::function<void(Gui&)>& script);

}  // namespace drift::test
