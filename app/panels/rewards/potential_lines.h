// Which potentials of FK steering are drawn beside each other. Free of ImGui.
#pragma once

#include "app/panels/rewards/reward_traces.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drift {

struct PotentialLine {
    const char* name = nullptr;  // as scenarios call it
    const char* formula = nullptr;
    std::vector<double> Potentials::*values = nullptr;
    int64_t colour = 0;  // of a category
    bool in_use = false;

    std::string label() const { return std::string(name) + (in_use ? " (in use)" : ""); }
};

/// The three that are always compared, and the one in use where it is none of them.
std::vector<PotentialLine> potential_lines(std::string_view in_use);

}  // namespace drift
