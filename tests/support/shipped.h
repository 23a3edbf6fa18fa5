// The scenarios that the program ships, for tests and benchmarks of what they promise.
#pragma once

#include "support/paths.h"
#include "support/problems.h"

#include <string>

namespace drift::test {

/// By the name that README.md has: "trained_replay".
inline Scenario shipped(const std::string& name) {
    return load_scenario((source_dir() / "assets/scenarios" / (name + ".json")).string());
}

}  // namespace drift::test
