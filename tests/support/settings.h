// Several settings of a scenario at once, as --set takes them.
#pragma once

#include "core/scenario.h"

#include <string>
#include <utility>
#include <vector>

namespace drift::test {

inline void set_values(Scenario& scenario, const std::vector<std::pair<std::string, std::string>>& values) {
    for (const auto& [key, value] : values) {
        set_value(scenario, key, value);
    }
}

}  // namespace drift::test
