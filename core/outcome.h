// What a set of samples achieves, in two numbers that pull against each other.
#pragma once

#include <cmath>
#include <limits>

namespace drift {

/// NaN where a number is not defined for the problem.
struct Outcome {
    double reward = std::numeric_limits<double>::quiet_NaN();     // mean log r(x), or log p(y | x)
    double diversity = std::numeric_limits<double>::quiet_NaN();  // mean distance of two of the samples, E |X - X'|

    bool known() const { return std::isfinite(reward) && std::isfinite(diversity); }
};

}  // namespace drift
