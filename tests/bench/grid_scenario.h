// The problem of grid_problem.h as a scenario of the program.
#pragma once

#include "core/scenario.h"

#include <string>

namespace drift::bench {

constexpr int64_t grid_steps = 100;

/// 25 modes under a line measurement; 100 steps where the method walks a schedule.
inline Scenario grid_scenario(const std::string& sampler, int64_t particles) {
    std::string means;
    for (int j = 0; j < 25; ++j) {
        means +=
            (j == 0 ? "[" : ", [") + std::to_string(4 * (j % 5 - 2)) + ", " + std::to_string(4 * (j / 5 - 2)) + "]";
    }
    Scenario scenario = scenario_from_json(R"({"format": "driftscope-scenario", "version": 1, "title": "grid",
        "prior": {"type": "gaussian_mixture", "means": [)" +
                                               means + R"(], "covariance": 0.3},
        "condition": {"type": "linear_gaussian", "matrix": [[1, 0.4]], "observation": [1.6], "noise": 0.5},
        "schedule": {"type": "edm", "sigma_min": 0.02, "sigma_max": 20, "rho": 7, "steps": 100},
        "sampler": {"type": "tds", "twist": "tweedie", "resampling": "systematic", "resample_below": 0.5},
        "seed": 1})",
                                           "bench");
    if (sampler != "tds") {
        scenario.sampler = default_choice(Kind::Sampler, sampler);
    }
    scenario.particles = particles;
    return scenario;
}

}  // namespace drift::bench
