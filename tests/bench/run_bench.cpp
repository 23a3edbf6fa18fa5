// A whole TDS run on the 25-mode grid as `driftscope run` does it, from the scenario to the clean samples.
#include "bench/bench.h"
#include "bench/grid_scenario.h"
#include "bench/tds_speed.h"
#include "core/run.h"

#include <cstdio>
#include <string>

namespace drift::bench {
namespace {

void whole_runs() {
    const torch::NoGradGuard no_gradients;
    const GridProblem problem;
    for (const int64_t n : {1000, 100000, 1000000}) {
        const Scenario scenario = grid_scenario("tds", n);
        RunOptions options;
        options.frames = false;
        const auto run_all = [&] {
            Run run(scenario, options);
            while (!run.finished()) {
                run.advance();
            }
        };
        const double count = 100 * static_cast<double>(n);
        const double ours = seconds(run_all, 3);
        double log_z = 0;
        const std::string what = "TDS, 100 steps, n = " + std::to_string(n);
        row(what, count / ours, plain_tds_per_second(problem, n, log_z, PlainJacobian::Autograd),
            "LibTorch with autograd; peak +" + std::to_string(static_cast<int>(peak_memory(run_all) / 1e6)) + " MB");
        row(what, count / ours, plain_tds_per_second(problem, n, log_z, PlainJacobian::ByHand),
            "LibTorch with the Jacobian by hand");
    }
}

const Section run_section("Whole runs of the program: particle-steps", whole_runs);

}  // namespace
}  // namespace drift::bench
