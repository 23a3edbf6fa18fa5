// Which scenarios ask for the same posterior: what makes runs comparable, and trained weights usable for another run.
#pragma once

#include "core/scenario.h"

#include <string>

namespace drift {

/// Whether the condition draws what it measures from the scenario's seed, so that another seed is another problem.
bool draws_from_seed(const Choice& prior, const Choice& condition);

/// Whether both ask for the same posterior: by prior and condition, and by the seed where that has a say in them.
bool same_problem(const Scenario& a, const Scenario& b);

/// The same as text that can be kept: a JSON object with the prior, the condition and, where it has a say, the seed.
std::string problem_key(const Scenario& scenario);

}  // namespace drift
