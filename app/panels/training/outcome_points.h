// The points of the plot of reward against diversity, and where their names go. Plain values, tested without a window.
#pragma once

#include "app/comparison.h"

#include <string>
#include <vector>

namespace drift {

struct OutcomePoint {
    std::string name;
    std::string help;  // what it is, a sentence or two
    Outcome outcome;
    int64_t colour = -1;     // of a category; -1 for what is no method
    bool reference = false;  // prior, importance sampling, exact posterior
    bool earlier = false;    // a newer run of the same method is there
};

/// All points of a problem, references first; of methods the newest run last.
std::vector<OutcomePoint> outcome_points(const ComparedProblem& problem);

/// One sentence for each run that came to nothing.
std::vector<std::string> outcome_failures(const ComparedProblem& problem);

/// Heights for names that want to be at `wanted`, at least `gap` apart and within [low, high] as far as that goes, in
/// the same order.
std::vector<float> spread_apart(const std::vector<float>& wanted, float gap, float low, float high);

}  // namespace drift
