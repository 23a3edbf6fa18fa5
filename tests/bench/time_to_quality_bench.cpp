// How long each method takes to the same quality on one problem, the 25 modes under a line measurement of
// trained_samplers.md 6.6: its budget doubles until total variation of the mode masses and sliced W1 are good enough.
// `./dev bench time_to_quality [--seeds N] [--limit SECONDS] [--methods NAMES]`. A method is one line of `methods`.
#include "bench/bench.h"
#include "bench/statistics.h"
#include "core/error.h"
#include "core/run.h"
#include "support/training.h"

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace drift::bench {
namespace {

constexpr int64_t particles = 2000;
constexpr int64_t most_doubled = 4096;
constexpr double wanted_variation = 0.08;
constexpr double wanted_floors = 3;  // sliced W1 in units of that of two exact sets

struct Method {
    const char* name;
    const char* sampler;
    std::vector<std::pair<const char*, const char*>> settings;
    const char* budget;  // the key that doubles
    int64_t first;       // its first value
};

const std::vector<Method>& methods() {
    static const std::vector<Method> all = {
        {"tds", "tds", {}, "schedule.steps", 5},
        {"ais", "ais", {{"ladder", "power"}}, "sampler.rungs", 5},
        {"hmc in data space", "hmc", {}, "sampler.steps", 10},
        {"hmc in noise space", "hmc", {{"space", "noise"}}, "sampler.steps", 10},
        {"rtb",
         "rtb",
         {{"reference", "pinned_brownian"}, {"sigma_squared", "5"}, {"steps", "50"}, {"sources.reference", "0.5"}},
         "sampler.iterations",
         100},
        {"outsourced", "outsourced", {{"space", "noise"}, {"steps", "25"}}, "sampler.iterations", 100},
    };
    return all;
}

struct Outcome {
    double seconds;
    bool good;
};

Outcome run_with(const Method& method, int64_t budget, uint64_t seed) {
    Scenario scenario = test::grid_25("linear_gaussian", method.sampler);
    set_value(scenario, "condition.matrix", "[[1, 0.5]]");
    set_value(scenario, "condition.observation", "[3]");
    set_value(scenario, "condition.noise", "1");
    for (const auto& [key, value] : method.settings) {
        set_value(scenario, std::string("sampler.") + key, value);
    }
    set_value(scenario, method.budget, std::to_string(budget));
    scenario.particles = particles;
    scenario.seed = seed;
    const auto start = std::chrono::steady_clock::now();
    const Run run = test::finished(scenario, Precision::Float32);
    const std::chrono::duration<double> duration = std::chrono::steady_clock::now() - start;
    const Summary summary = run.summary();
    return {duration.count(),
            summary.mode_mass_tv < wanted_variation && summary.sliced_w1 < wanted_floors * summary.sliced_w1_floor};
}

void print(const Method& method, int64_t seeds, double limit) {
    Sample seconds, budgets;
    for (int64_t seed = 1; seed <= seeds; ++seed) {
        for (int64_t budget = method.first; budget <= most_doubled * method.first; budget *= 2) {
            Outcome outcome{0, false};
            try {
                outcome = run_with(method, budget, static_cast<uint64_t>(seed));
            } catch (const RunError&) {  // no particle explains the observation: as bad as any other failure
            }
            if (outcome.good) {
                seconds.add(outcome.seconds);
                budgets.add(static_cast<double>(budget));
            }
            if (outcome.good || outcome.seconds > limit / 2) {
                break;
            }
        }
    }
    const bool any = seconds.count() > 0;
    std::printf("| %s | %s | %s | %s | %zu of %lld |\n", method.name, any ? decimals(seconds.mean(), 3).c_str() : "-",
                method.budget, any ? decimals(budgets.mean(), 0).c_str() : "-", seconds.count(),
                static_cast<long long>(seeds));
    std::fflush(stdout);
}

void times() {
    const int64_t seeds = number_option("seeds", 3);
    const auto limit = static_cast<double>(number_option("limit", 60));
    std::printf(
        "%lld particles; wanted: total variation of the mode masses below %.2f and sliced W1 below %.0f times that of "
        "two exact sets, within %.0f s\n\n| method | seconds | budget | its value | reached |\n|---|---|---|---|---|\n",
        static_cast<long long>(particles), wanted_variation, wanted_floors, limit);
    for (const Method& method : methods()) {
        if (chosen(method.name, list_option("methods", ""))) {
            print(method, seeds, limit);
        }
    }
}

const Table table("time_to_quality", times);

}  // namespace
}  // namespace drift::bench
