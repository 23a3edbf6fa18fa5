// The one table of commands: menus, keys and the F1 overlay are drawn from it, and a test looks for clashes
// (interface.md 5.9).
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>
#include <vector>

namespace drift {

struct Shortcut {
    const char* action = "";  // the name of the command
    const char* title = "";   // as in the menu
    const char* menu = "";    // "File", "Run" ...; where it is empty the command is on the keyboard only
    ImGuiKeyChord key = ImGuiKey_None;
    ImGuiKeyChord other_key = ImGuiKey_None;
    bool repeats = false;  // while the key is held
};

const std::vector<Shortcut>& shortcuts();
/// Null for a name that is not in the table.
const Shortcut* find_shortcut(std::string_view action);
/// "Ctrl+Shift+Z"; empty for none.
std::string key_text(ImGuiKeyChord key);
/// All keys of an action, "Ctrl+Shift+Z or Ctrl+Y"; those of the keypad are understood.
std::string keys_text(const Shortcut& shortcut);
/// What the mouse and the keys of one panel do, for the list of keys.
struct Gesture {
    const char* where;
    const char* keys;
    const char* title;
};
const std::vector<Gesture>& gestures();

/// The action whose key was pressed in this frame, empty where there is none; not on the keys that are `taken`. Needs a
/// current ImGui context.
std::string pressed_action(const std::vector<ImGuiKeyChord>& taken = {});

}  // namespace drift
