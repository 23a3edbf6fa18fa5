#include "app/cli/scenario_options.h"

#include "core/error.h"
#include "core/text.h"

namespace drift::cli {

void add_scenario_options(CLI::App& command, ScenarioOptions& options) {
    command.add_option("file", options.file, "Scenario file")->required()->option_text("FILE");
    command.add_option("--set", options.changes, "Change a value of the scenario, such as sampler.eta=0.5; repeatable")
        ->option_text("KEY.PATH=VALUE")
        ->expected(1)
        ->take_all();
    command.add_option("--seed", options.seed, "Seed of all randomness")->option_text("N");
    command.add_option("--particles", options.particles, "Number of particles")->option_text("N");
    command.add_option("--device", options.device, "cpu or cuda")->option_text("cpu|cuda");
}

void apply(const std::string& change, Scenario& scenario) {
    const size_t equals = change.find('=');
    if (equals == std::string::npos) {
        throw UserError("'--set' is " + in_quotes(change) + " but takes key.path=value, such as sampler.eta=0.5");
    }
    try {
        set_value(scenario, std::string_view(change).substr(0, equals), std::string_view(change).substr(equals + 1));
    } catch (const UserError& error) {
        throw UserError(std::string("'--set': ") + error.what());
    }
}

Scenario scenario_of(const ScenarioOptions& options) {
    Scenario scenario = load_scenario(options.file);
    for (const std::string& change : options.changes) {
        apply(change, scenario);
    }
    if (!options.seed.empty()) {
        set_value(scenario, "seed", options.seed);
    }
    if (!options.particles.empty()) {
        set_value(scenario, "particles", options.particles);
    }
    return scenario;
}

Device device_of(const ScenarioOptions& options) {
    if (options.device != "cpu" && options.device != "cuda") {
        throw UserError("'--device' is " + in_quotes(options.device) + " but takes cpu or cuda");
    }
    return options.device == "cuda" ? Device::Cuda : Device::Cpu;
}

}  // namespace drift::cli
