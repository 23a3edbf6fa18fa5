#include "core/automatic.h"

#include <map>
#include <utility>

namespace drift {
namespace {

std::map<std::string, AutomaticOf>& all() {
    static std::map<std::string, AutomaticOf> values;  // made on first use: samplers register before main
    return values;
}

}  // namespace

AutomaticRegistration::AutomaticRegistration(const std::string& sampler, AutomaticOf values) {
    all()[sampler] = std::move(values);
}

std::optional<double> automatic_value(const Scenario& scenario, const std::string& key) {
    const auto found = all().find(scenario.sampler.type);
    if (found == all().end() || !scenario.schedule.params.contains("steps")) {
        return std::nullopt;
    }
    return found->second(key, scenario.sampler.params, std::get<int64_t>(scenario.schedule.params.at("steps").value));
}

}  // namespace drift
