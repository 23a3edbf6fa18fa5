#include "core/training/time_grid.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace drift {

TimeGrid brownian_grid(double sigma_squared, int64_t steps) {
    return {std::vector<double>(static_cast<size_t>(steps), sigma_squared / static_cast<double>(steps))};
}

TimeGrid stationary_grid(int64_t steps) {
    constexpr double offset = 0.008;
    constexpr double largest = 0.999;  // a step that forgets everything would have no kernel back
    const double delta = 1 / static_cast<double>(steps + 1);
    TimeGrid grid;
    for (int64_t k = 0; k < steps; ++k) {
        const double t = static_cast<double>(steps - k) * delta;
        const double angle = std::numbers::pi / 2 * (t + offset) / (1 + offset);
        const double rate = 2 * std::numbers::pi / (1 + offset) * std::tan(angle);
        grid.variance.push_back(std::min(largest, std::clamp(rate, 0.1, 20.0) * delta));
    }
    return grid;
}

double remembered(const TimeGrid& stationary) {
    double left = 1;
    for (const double b : stationary.variance) {
        left *= 1 - b;
    }
    return left;
}

}  // namespace drift
