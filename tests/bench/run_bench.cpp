// A whole TDS run on the 25-mode grid as `driftscope run` does it, from the scenario to the clean samples.
#include "bench/bench.h"
#include "bench/plain_tds.h"
#include "core/run.h"

#include <cstdio>
#include <string>

namespace drift::bench {
namespace {

std::string scenario_text(int64_t particles) {
    std::string means;
    for (int j = 0; j < 25; ++j) {
        means +=
            (j == 0 ? "[" : ", [") + std::to_string(4 * (j % 5 - 2)) + ", " + std::to_string(4 * (j / 5 - 2)) + "]";
    }
    return R"({"format": "driftscope-scenario", "version": 1, "title": "grid",
        "prior": {"type": "gaussian_mixture", "means": [)" +
           means + R"(], "covariance": 0.3},
        "condition": {"type": "linear_gaussian", "matrix": [[1, 0.4]], "observation": [1.6], "noise": 0.5},
        "schedule": {"type": "edm", "sigma_min": 0.02, "sigma_max": 20, "rho": 7, "steps": 100},
        "sampler": {"type": "tds", "twist": "tweedie", "resampling": "systematic", "resample_below": 0.5},
        "seed": 1, "particles": )" +
           std::to_string(particles) + "}";
}

void whole_runs() {
    const torch::NoGradGuard no_gradients;
    const GridProblem problem;
    for (const int64_t n : {1000, 100000, 1000000}) {
        const Scenario scenario = scenario_from_json(scenario_text(n), "bench");
        RunOptions options;
        options.frames = false;
        const auto run_all = [&] {
            Run run(scenario, options);
            while (!run.finished()) {
                run.advance();
            }
        };
        const double count = 100 * static_cast<double>(n);
        const double ours = seconds(run_all, .5);
        double log_z = 0;
        row("TDS, 100 steps, n = " + std::to_string(n), count / ours, plain_tds_per_second(problem, n, log_z),
            "peak +" + std::to_string(static_cast<int>(peak_memory(run_all) / 1e6)) + " MB");
    }
}

const Section run_section("Whole runs of the program: particle-steps", whole_runs);

}  // namespace
}  // namespace drift::bench
