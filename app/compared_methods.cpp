#include "app/compared_methods.h"

#include <algorithm>

namespace drift {
namespace {

const char* const space_key = "space";

}  // namespace

const std::vector<ComparedMethod>& compared_methods() {
    static const Value noise = std::string("noise");
    static const std::vector<ComparedMethod> all{
        {"dps", "DPS", "dps", {}},
        {"tds", "TDS", "tds", {}},
        {"smc", "SMC", "smc", {}},
        {"importance", "importance sampling", "importance", {{"use", std::string("weights")}}},
        {"rejection", "rejection", "importance", {{"use", std::string("rejection")}, {"rounds", int64_t{100}}}},
        {"sir", "SIR", "importance", {{"use", std::string("resample")}}},
        {"mala", "MALA, noise space", "mala", {{space_key, noise}}},
        {"hmc", "HMC, noise space", "hmc", {{space_key, noise}}},
        {"outsourced", "outsourced", "outsourced", {}},
        {"rtb", "RTB", "rtb", {}},
    };
    return all;
}

std::vector<std::string> compared_keys() {
    std::vector<std::string> keys;
    for (const ComparedMethod& method : compared_methods()) {
        keys.push_back(method.key);
    }
    return keys;
}

bool ComparedMethod::is_that_of(const Scenario& scenario) const {
    const ParamSet& params = scenario.sampler.params;
    return scenario.sampler.type == sampler && std::ranges::all_of(settings, [&params](const auto& setting) {
               // However many rounds there are, it is the same method.
               return setting.first == "rounds" || params.at(setting.first).value == setting.second;
           });
}

const ComparedMethod* compared_method_of(const Scenario& scenario) {
    const auto found = std::ranges::find_if(
        compared_methods(), [&scenario](const ComparedMethod& method) { return method.is_that_of(scenario); });
    return found == compared_methods().end() ? nullptr : &*found;
}

Scenario by_method(Scenario scenario, const ComparedMethod& method) {
    scenario.sampler = default_choice(Kind::Sampler, method.sampler);
    for (const auto& [key, value] : method.settings) {
        scenario.sampler.params.set(key, value);
    }
    return scenario;
}

bool may_move_to_noise(const Choice& sampler) {
    const Param& space = sampler.params.at(space_key);
    return space.value == Value(std::string("data")) &&
           std::ranges::find(space.options, "noise") != space.options.end();
}

void move_to_noise(Choice& sampler) {
    sampler.params.set(space_key, std::string("noise"));
}

std::string compared_name(const Scenario& scenario) {
    const ComparedMethod* method = compared_method_of(scenario);
    return method != nullptr ? method->name : item_at(Kind::Sampler, scenario.sampler.type).title;
}

std::string space_name(const Scenario& scenario) {
    return std::get<std::string>(scenario.sampler.params.at(space_key).value);
}

}  // namespace drift
