#include "core/observable.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace drift {

double observable(const Choice& condition, double value) {
    constexpr const char* key = "noise_model";
    const bool counts =
        condition.params.contains(key) && condition.params.at(key).value == Value(std::string("poisson"));
    return counts ? std::max(0.0, std::round(value)) : value;
}

}  // namespace drift
