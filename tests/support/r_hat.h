// Whether chains have forgotten where they began.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace drift::test {

/// Mean of numbers and their sample variance.
struct Spread {
    double mean = 0, variance = 0;
};
inline Spread spread_of(const std::vector<double>& values) {
    Spread result;
    const auto n = static_cast<double>(values.size());
    for (const double value : values) {
        result.mean += value / n;
    }
    for (const double value : values) {
        result.variance += (value - result.mean) * (value - result.mean) / (n - 1);
    }
    return result;
}

/// Split R-hat (Gelman et al.), sqrt((T - 1) / T + var(means) / mean(variances)) of half chains of T states: the
/// largest over the coordinates of n chains in R^d. The first half of the states is left out. 1 where every half chain
/// has seen what all of them have; NaN for fewer than eight states.
inline double split_r_hat(const std::vector<std::vector<float>>& states, size_t n) {
    const size_t length = states.size() / 4;  // T
    if (length < 2) {
        return NAN;
    }
    const size_t d = states.back().size() / n;
    double largest = 0;
    for (size_t k = 0; k < d; ++k) {
        std::vector<double> means, variances;
        for (size_t chain = 0; chain < n; ++chain) {
            for (size_t half = 1; half <= 2; ++half) {
                std::vector<double> values;
                for (size_t t = states.size() - half * length; t < states.size() - (half - 1) * length; ++t) {
                    values.push_back(static_cast<double>(states[t][chain * d + k]));
                }
                const Spread spread = spread_of(values);
                means.push_back(spread.mean);
                variances.push_back(spread.variance);
            }
        }
        const auto steps = static_cast<double>(length);
        const double between = spread_of(means).variance;
        largest = std::max(largest, std::sqrt((steps - 1) / steps + between / spread_of(variances).mean));
    }
    return largest;
}

}  // namespace drift::test
