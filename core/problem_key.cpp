#include "core/problem_key.h"

#include "core/choice_json.h"
#include "core/scenario_files.h"

#include <algorithm>
#include <variant>

namespace drift {
namespace {

/// Whether the samples of a prior are pictures [channels, height, width].
bool makes_pictures(const Choice& prior) {
    if (!prior.params.contains("shape")) {
        return prior.type == "diffusion";
    }
    const auto* shape = std::get_if<Array>(&prior.params.at("shape").value);
    return shape != nullptr && shape->data.size() == 3;
}

}  // namespace

bool draws_from_seed(const Choice& prior, const Choice& condition) {
    return std::ranges::any_of(condition.params, [&prior](const Param& param) {
        if (const auto* terms = std::get_if<Terms>(&param.value)) {
            return std::ranges::any_of(list_of(*terms),
                                       [&prior](const Term& term) { return draws_from_seed(prior, term.condition); });
        }
        // A picture is measured by the program, with noise; of points the scenario says what was seen.
        return std::holds_alternative<ImageSource>(param.value) && makes_pictures(prior);
    });
}

bool same_problem(const Scenario& a, const Scenario& b) {
    return same_values(with_contents(a.prior, a.folder), with_contents(b.prior, b.folder)) &&
           same_values(with_contents(a.condition, a.folder), with_contents(b.condition, b.folder)) &&
           (a.seed == b.seed || !draws_from_seed(a.prior, a.condition));
}

std::string problem_key(const Scenario& scenario) {
    // A scenario that was saved elsewhere says of the same files how they are reached from there.
    Json key = {{"prior", choice_to_json(with_contents(scenario.prior, scenario.folder))},
                {"condition", choice_to_json(with_contents(scenario.condition, scenario.folder))}};
    if (draws_from_seed(scenario.prior, scenario.condition)) {
        key["seed"] = scenario.seed;
    }
    return key.dump();
}

}  // namespace drift
