// What tests of whole trainings share.
#pragma once

#include "support/folders.h"
#include "support/training.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace drift::test {

struct Trained {
    Samples samples;
    Summary summary;
};

inline Trained trained(const Scenario& scenario) {
    const drift::Run run = finished(scenario, Precision::Float32);
    return {run.samples(), run.summary()};
}

/// Weighted mean of g(z) over the noise.
template <class G>
double mean_of(const Samples& samples, const G& g) {
    const auto d = static_cast<size_t>(samples.latent_shape.at(1));
    double sum = 0;
    for (size_t i = 0; i < samples.log_weights.size(); ++i) {
        sum += std::exp(samples.log_weights[i]) * g(&samples.latents[i * d]);
    }
    return sum;
}

/// Kolmogorov-Smirnov distance of the weighted angles of a plane of noise to even ones.
inline double unevenness_of_angles(const Samples& samples) {
    std::vector<std::pair<double, double>> angles;
    for (size_t i = 0; i < samples.log_weights.size(); ++i) {
        const float* z = &samples.latents[2 * i];
        const double turn = std::atan2(static_cast<double>(z[1]), static_cast<double>(z[0])) / (2 * std::numbers::pi);
        angles.emplace_back(turn < 0 ? turn + 1 : turn, std::exp(samples.log_weights[i]));
    }
    std::ranges::sort(angles);
    double below = 0, worst = 0;
    for (const auto& [turn, weight] : angles) {
        worst = std::max(worst, std::abs(below - turn));
        below += weight;
        worst = std::max(worst, std::abs(below - turn));
    }
    return worst;
}

}  // namespace drift::test
