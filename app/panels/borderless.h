// Plots have a border of their own; the one that fields have would be a second one around their labels.
#pragma once

#include <imgui.h>

namespace drift {

class Borderless {
public:
    Borderless() { ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 0); }
    ~Borderless() { ImGui::PopStyleVar(); }
    Borderless(const Borderless&) = delete;
    Borderless& operator=(const Borderless&) = delete;
};

}  // namespace drift
