// What "auto" stands for in the parameters of a sampler, where that follows from the scenario alone: for the window.
#pragma once

#include "core/params.h"
#include "core/scenario.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace drift {

/// The value of the parameter with this key among these, for a schedule of so many steps; nothing where it is not
/// known.
using AutomaticOf = std::function<std::optional<double>(const std::string& key, const ParamSet& params, int64_t steps)>;

/// Told by the file of the sampler, beside its Registration.
struct AutomaticRegistration {
    AutomaticRegistration(const std::string& sampler, AutomaticOf values);
};

std::optional<double> automatic_value(const Scenario& scenario, const std::string& key);

}  // namespace drift
