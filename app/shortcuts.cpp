#include "app/shortcuts.h"

#include <algorithm>

namespace drift {
namespace {

constexpr ImGuiKeyChord ctrl = ImGuiMod_Ctrl;
constexpr ImGuiKeyChord shift = ImGuiMod_Shift;

/// The digits.
void add_speeds(std::vector<Shortcut>& table) {
    static const char* const speed_actions[] = {"time.speed_1", "time.speed_2", "time.speed_3",
                                                "time.speed_4", "time.speed_5", "time.speed_6",
                                                "time.speed_7", "time.speed_8", "time.speed_9"};
    static const char* const speed_titles[] = {"Speed 0.1 x", "Speed 0.2 x", "Speed 0.4 x", "Speed 0.7 x", "Speed 1 x",
                                               "Speed 2 x",   "Speed 3.5 x", "Speed 6 x",   "Speed 10 x"};
    for (int digit = 0; digit < 9; ++digit) {
        table.push_back({speed_actions[digit], speed_titles[digit], "", ImGuiKey_1 + digit, ImGuiKey_Keypad1 + digit});
    }
}

std::vector<Shortcut> make_table() {
    std::vector<Shortcut> table{
        {"file.new", "New", "File", ctrl | ImGuiKey_N},
        {"file.open", "Open...", "File", ctrl | ImGuiKey_O},
        {"file.save", "Save", "File", ctrl | ImGuiKey_S},
        {"file.save_as", "Save as...", "File", ctrl | shift | ImGuiKey_S},
        {"file.picture", "Save the window as a picture", "File", ImGuiKey_F12},
        {"file.quit", "Quit", "File", ctrl | ImGuiKey_Q},
        {"edit.undo", "Undo", "Edit", ctrl | ImGuiKey_Z, ImGuiKey_None, true},
        {"edit.redo", "Redo", "Edit", ctrl | shift | ImGuiKey_Z, ctrl | ImGuiKey_Y, true},
        {"run.restart", "Run again", "Run", ImGuiKey_R},
        {"run.new_seed", "Run again with a new seed", "Run", shift | ImGuiKey_R},
        {"run.compute", "Compute", "Run", ctrl | ImGuiKey_Space},
        {"run.resume", "Continue the training that was kept", "Run", shift | ImGuiKey_C},
        {"run.sample_now", "Sample with what was learned so far", "Run", shift | ImGuiKey_S},
        {"run.learn_on", "Continue training", "Run", shift | ImGuiKey_T},
        {"run.save_weights", "Save weights...", "Run"},
        {"run.load_weights", "Load weights...", "Run"},
        {"run.forget_weights", "Train in place of loaded weights", "Run"},
        {"run.compare", "Compare with other methods", "Run"},
        {"run.stop_comparing", "Stop comparing", "Run"},
        {"time.play", "Play or pause", "Time", ImGuiKey_Space},
        {"time.back", "One step back", "Time", ImGuiKey_LeftArrow, ImGuiKey_None, true},
        {"time.forward", "One step on", "Time", ImGuiKey_RightArrow, ImGuiKey_None, true},
        {"time.back_10", "Ten steps back", "Time", shift | ImGuiKey_LeftArrow, ImGuiKey_None, true},
        {"time.forward_10", "Ten steps on", "Time", shift | ImGuiKey_RightArrow, ImGuiKey_None, true},
        {"time.previous_resampling", "Previous resampling", "Time", ctrl | ImGuiKey_LeftArrow, ImGuiKey_None, true},
        {"time.next_resampling", "Next resampling", "Time", ctrl | ImGuiKey_RightArrow, ImGuiKey_None, true},
        {"time.phase", "Next phase of the step", "Time", ImGuiKey_Period, ImGuiKey_None, true},
        {"time.start", "Start (noise)", "Time", ImGuiKey_Home},
        {"time.end", "End (data)", "Time", ImGuiKey_End},
        {"time.loop", "Loop", "Time", ImGuiKey_L},
        {"time.follow", "Follow the run", "Time", ImGuiKey_F},
        {"view.truth", "Truth", "View", ImGuiKey_T},
        {"view.weights", "Size by weight", "View", shift | ImGuiKey_W},
        {"view.trails", "Trails", "View", ImGuiKey_P},
        {"view.ghosts", "Denoised predictions", "View", ImGuiKey_D},
        {"view.arrows", "Arrows", "View", ImGuiKey_A},
        {"view.genealogy", "Genealogy", "View", ImGuiKey_G},
        {"view.weights_panel", "Weights", "View", ImGuiKey_W},
        {"view.resampling", "Resampling", "View", shift | ImGuiKey_G},
        {"view.training", "Training", "View", ImGuiKey_N},
        {"view.schedules", "Show the schedule editor", "View", ImGuiKey_S},
        {"view.theme", "Light theme", "View", ctrl | ImGuiKey_T},
        {"view.larger", "Larger type", "View", ctrl | ImGuiKey_Equal, ctrl | ImGuiKey_KeypadAdd, true},
        {"view.smaller", "Smaller type", "View", ctrl | ImGuiKey_Minus, ctrl | ImGuiKey_KeypadSubtract, true},
        {"view.normal", "Normal type", "View", ctrl | ImGuiKey_0},
        {"view.reset_layout", "Reset this layout", "View"},
        {"help.keys", "Keys", "Help", ImGuiKey_F1, shift | ImGuiKey_Slash},
        {"help.about", "About Driftscope", "Help"},
        {"gesture.stop", "Stop what is under way, then pause", "", ImGuiKey_Escape},
    };
    add_speeds(table);
    return table;
}

const char* key_symbol(ImGuiKey key) {
    switch (key) {
        case ImGuiKey_LeftArrow:
            return "Left";
        case ImGuiKey_RightArrow:
            return "Right";
        case ImGuiKey_Equal:
            return "Plus";
        case ImGuiKey_Minus:
            return "Minus";
        case ImGuiKey_Slash:
            return "/";
        case ImGuiKey_Period:
            return ".";
        default:
            return ImGui::GetKeyName(key);
    }
}

}  // namespace

const std::vector<Shortcut>& shortcuts() {
    static const std::vector<Shortcut> table = make_table();
    return table;
}

const Shortcut* find_shortcut(std::string_view action) {
    for (const Shortcut& shortcut : shortcuts()) {
        if (action == shortcut.action) {
            return &shortcut;
        }
    }
    return nullptr;
}

std::string key_text(ImGuiKeyChord key) {
    if (key == ImGuiKey_None) {
        return {};
    }
    if (key == (shift | ImGuiKey_Slash)) {
        return "?";
    }
    std::string text;
    if ((key & ImGuiMod_Ctrl) != 0) {
        text += "Ctrl+";
    }
    if ((key & ImGuiMod_Shift) != 0) {
        text += "Shift+";
    }
    return text + key_symbol(static_cast<ImGuiKey>(key & ~ImGuiMod_Mask_));
}

std::string keys_text(const Shortcut& shortcut) {
    const auto key = static_cast<ImGuiKey>(shortcut.other_key & ~ImGuiMod_Mask_);
    const bool keypad = key >= ImGuiKey_Keypad0 && key <= ImGuiKey_KeypadEqual;
    const std::string other = keypad ? "" : key_text(shortcut.other_key);
    return key_text(shortcut.key) + (other.empty() ? "" : " or " + other);
}

const std::vector<Gesture>& gestures() {
    static const std::vector<Gesture> table{
        {"Schedule editor", "Drag", "Move a knot, or the line between two"},
        {"Schedule editor", "Shift+drag", "Along one axis"},
        {"Schedule editor", "Ctrl+drag", "Ten times finer"},
        {"Schedule editor", "Alt+drag", "The whole curve"},
        {"Schedule editor", "Double click", "Add a knot"},
        {"Schedule editor", "Insert, Plus", "Add a knot half way to the next"},
        {"Schedule editor", "Right click, Delete", "Remove a knot"},
        {"Schedule editor", "F+drag", "Draw the curve freehand"},
        {"Schedule editor", "Tab, Shift+Tab", "Select the next or previous knot"},
        {"Schedule editor", "Arrows (with Shift: more)", "Nudge the selected knot"},
        {"Schedule editor", "Escape", "Let go of the selected knot"},
        {"Schedule editor", "Ctrl+C, Ctrl+V", "Copy or paste the curve as text"},
        {"Picture", "Wheel, drag", "Zoom, move"},
        {"Picture", "Double click", "Fit again"},
        {"Picture", "Click", "Follow one particle back to the start"},
        {"Picture", "Shift+drag", "Choose particles and show their ancestry"},
        {"Picture", "Drag the line", "Another measurement"},
        {"Genealogy", "Wheel, drag", "Zoom, move"},
        {"Genealogy", "Click", "Go to that step and follow the particle"},
        {"Elsewhere", "Ctrl+click on a slider", "Type a number"},
        {"Elsewhere", "Drop a file", "Open that scenario"},
    };
    return table;
}

std::string pressed_action(const std::vector<ImGuiKeyChord>& taken) {
    const auto pressed = [&taken](ImGuiKeyChord key, bool repeats) {
        if (key == ImGuiKey_None || ImGui::GetIO().KeyMods != (key & ImGuiMod_Mask_) ||
            std::find(taken.begin(), taken.end(), key) != taken.end()) {
            return false;
        }
        return ImGui::IsKeyPressed(static_cast<ImGuiKey>(key & ~ImGuiMod_Mask_), repeats);
    };
    for (const Shortcut& shortcut : shortcuts()) {
        if (pressed(shortcut.key, shortcut.repeats) || pressed(shortcut.other_key, shortcut.repeats)) {
            return shortcut.action;
        }
    }
    return {};
}

}  // namespace drift
