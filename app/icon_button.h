// Buttons with drawn symbols, so that they look the same whatever type is installed.
#pragma once

#include <imgui.h>

namespace drift {

enum class Icon { Play, Pause, Back, Forward, Phase, Start, End, PreviousMark, NextMark, Loop, Follow, Copy, Paste };

/// A square button as high as the text fields. `tooltip` names what it does and its key; `lit` marks a switch that is
/// on.
bool icon_button(const char* id, Icon icon, const char* tooltip, bool lit = false);

}  // namespace drift
