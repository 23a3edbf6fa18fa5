#include "core/problem_key.h"

#include "core/choice_json.h"
#include "core/scenario_files.h"

#include <algorithm>
#include <cstdint>
#include <optional>
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

/// What makes the posterior that a scenario asks for.
struct Asked {
    Choice prior;
    Choice condition;
    std::optional<uint64_t> seed;  // only where it has a say
};

Asked asked_by(const Scenario& scenario) {
    // A scenario that was saved elsewhere says of the same files how they are reached from there.
    Asked asked{with_contents(scenario.prior, scenario.folder), with_contents(scenario.condition, scenario.folder), {}};
    if (draws_from_seed(scenario.prior, scenario.condition)) {
        asked.seed = scenario.seed;
    }
    return asked;
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
    const Asked first = asked_by(a);
    const Asked second = asked_by(b);
    return same_values(first.prior, second.prior) && same_values(first.condition, second.condition) &&
           first.seed == second.seed;
}

std::string problem_key(const Scenario& scenario) {
    const Asked asked = asked_by(scenario);
    Json key = {{"prior", choice_to_json(asked.prior)}, {"condition", choice_to_json(asked.condition)}};
    if (asked.seed) {
        key["seed"] = *asked.seed;
    }
    return key.dump();
}

}  // namespace drift
