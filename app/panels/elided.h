// Text that has to do with the width there is.
#pragma once

#include <imgui.h>

#include <string>

namespace drift {

/// The text as far as it fits, with dots for what is left out: a word cut in half reads like another one.
inline std::string elided(std::string text, float width) {
    constexpr const char* dots = "…";
    if (ImGui::CalcTextSize(text.c_str()).x <= width) {
        return text;
    }
    while (!text.empty() && ImGui::CalcTextSize((text + dots).c_str()).x > width) {
        const auto continues = [&text] { return (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U; };
        while (text.size() > 1 && continues()) {
            text.pop_back();
        }
        text.pop_back();
    }
    return text + dots;
}

}  // namespace drift
