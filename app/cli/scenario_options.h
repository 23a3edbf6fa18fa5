// The options that `run` and `shot` share: a scenario file and what to change in it.
#pragma once

#include "core/run.h"
#include "core/scenario.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace drift::cli {

struct ScenarioOptions {
    std::string file;
    std::vector<std::string> changes;  // key.path=value
    std::string seed;
    std::string particles;
    std::string device = "cpu";
};

void add_scenario_options(CLI::App& command, ScenarioOptions& options);

/// The file with the changes applied in the order in which they were given. Throws UserError.
Scenario scenario_of(const ScenarioOptions& options);

/// One of the changes. Throws UserError.
void apply(const std::string& change, Scenario& scenario);

/// Throws UserError where there is no such device.
Device device_of(const ScenarioOptions& options);

}  // namespace drift::cli
