// The methods that a comparison offers, each a sampler with the settings that make it this one, in the order of tables.
#pragma once

#include "core/scenario.h"

#include <map>
#include <string>
#include <vector>

namespace drift {

struct ComparedMethod {
    std::string key;  // of the command line and the window
    std::string name;
    std::string sampler;
    std::map<std::string, Value> settings;  // all else is at its default

    bool is_that_of(const Scenario& scenario) const;
};

const std::vector<ComparedMethod>& compared_methods();
/// All keys: what is compared unless somebody chooses.
std::vector<std::string> compared_keys();
/// Null for a scenario with other settings.
const ComparedMethod* compared_method_of(const Scenario& scenario);

/// The same problem, particles and seed by this method.
Scenario by_method(Scenario scenario, const ComparedMethod& method);
/// Whether the method, where data space does not do, may be tried in noise space.
bool may_move_to_noise(const Choice& sampler);
void move_to_noise(Choice& sampler);

/// "TDS", "HMC, noise space"
std::string compared_name(const Scenario& scenario);
/// "data" or "noise"
std::string space_name(const Scenario& scenario);

}  // namespace drift
