// How close the methods that are exact in the limit come to the exact posterior of random mixtures, 2,000 particles and
// 100 steps each: `./dev bench exactness [--problems N] [--dimensions 2,8,80] [--measurements 1,2,4] [--methods NAMES]
// [--particles N]`. A method is one line of `methods`.
#include "bench/bench.h"
#include "bench/statistics.h"
#include "core/error.h"
#include "core/run.h"
#include "support/problems.h"
#include "support/r_hat.h"
#include "support/random_mixtures.h"

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

namespace drift::bench {
namespace {

constexpr double most_r_hat = 1.05;

struct Method {
    const char* name;
    const char* sampler;
    std::vector<std::pair<const char*, const char*>> settings = {};
    /// Moves per rung are chosen so that it calls the denoiser as often as 100 steps of guidance do.
    bool matches_calls = false;
};

const std::vector<Method>& methods() {
    static const std::vector<Method> all = {
        {"tds-tweedie", "tds", {{"twist", "tweedie"}}},
        {"tds-pigdm", "tds", {{"twist", "pigdm"}}},
        {"tds-point", "tds", {{"twist", "point"}}},
        {"tds-exact", "tds", {{"twist", "exact"}}},
        {"tds-monte-carlo", "tds", {{"twist", "monte_carlo"}}},
        {"smc-base-exact", "smc", {{"proposal", "base"}, {"twist", "exact"}}},
        {"fk-difference", "fk_steering", {{"potential", "difference"}}},
        {"fk-gradient", "fk_steering", {{"kernel", "gradient"}, {"potential", "difference"}}},
        {"ais", "ais", {{"resample_below", "0.9"}}, true},
        {"ais-without-resampling", "ais", {{"resample_below", "0"}}, true},
        {"mala", "mala", {{"steps", "20"}, {"moves_per_step", "5"}}},
        {"hmc", "hmc", {{"steps", "10"}, {"moves_per_step", "1"}, {"leapfrogs", "10"}}},
    };
    return all;
}

Scenario scenario_of(const test::RandomMixture& problem, const Method& method, uint64_t seed) {
    Scenario scenario = test::random_mixture_scenario(problem, method.sampler);
    for (const auto& [key, value] : method.settings) {
        set_value(scenario, std::string("sampler.") + key, value);
    }
    scenario.particles = number_option("particles", 2000);
    scenario.seed = seed;
    return scenario;
}

/// A run that has ended, and of chains how far they have forgotten where they began.
struct Finished {
    Summary summary;
    double r_hat = std::numeric_limits<double>::quiet_NaN();
};

Finished finished(const Scenario& scenario) {
    Run run(scenario, {Device::Cpu, Precision::Float32, true});
    const bool chains = run.scene()->sigma.empty() && !run.scene()->ladder;
    std::vector<std::vector<float>> states;
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        if (chains) {
            states.push_back(frame->x);
        }
    }
    return {run.summary(), test::split_r_hat(states, static_cast<size_t>(scenario.particles))};
}

/// As many moves per rung as 100 calls a particle allow, by the number of rungs with one move each.
void match_calls(Scenario& scenario) {
    set_value(scenario, "sampler.moves_per_rung", "1");
    const int64_t rungs = std::max<int64_t>(1, finished(scenario).summary.steps);
    const int64_t moves = std::max<int64_t>(1, 98 / rungs);
    set_value(scenario, "sampler.moves_per_rung", std::to_string(moves));
}

/// What 20 problems of one size make of one method.
struct Cell {
    Sample distance, floor, log_z_error, calls, r_hat;
    int failed = 0;  // runs that stopped, or left particles that are not finite
};

void measure(const Method& method, int64_t d, int64_t m, uint64_t number, Cell& cell) {
    try {
        Scenario scenario = scenario_of(test::random_mixture(d, m, number), method, number);
        if (method.matches_calls) {
            match_calls(scenario);
        }
        const auto [summary, r_hat] = finished(scenario);
        if (!std::isfinite(summary.sliced_w1) || summary.non_finite > 0) {
            ++cell.failed;
            return;
        }
        cell.distance.add(summary.sliced_w1);
        cell.floor.add(summary.sliced_w1_floor);
        cell.calls.add(static_cast<double>(summary.denoiser_calls) / static_cast<double>(summary.particles));
        if (std::isfinite(r_hat)) {
            cell.r_hat.add(r_hat);
        }
        if (std::isfinite(summary.log_z)) {
            cell.log_z_error.add(std::abs(summary.log_z - summary.exact_log_z));
        }
    } catch (const RunError&) {
        ++cell.failed;
    }
}

void print(const Method& method, int64_t d, int64_t m, const Cell& cell) {
    const double ratio = cell.distance.mean() / cell.floor.mean();
    const auto mean_of = [](const Sample& sample) {
        return sample.count() > 0 ? decimals(sample.mean(), 2) : std::string("-");
    };
    const bool converged = cell.r_hat.count() == 0 || cell.r_hat.mean() <= most_r_hat;
    std::printf("| %s%s | %lld | %lld | %.3f ± %.3f | %.3f | %.1f | %s | %.0f | %s | %d |\n", method.name,
                converged ? "" : " (not converged)", static_cast<long long>(d), static_cast<long long>(m),
                cell.distance.mean(), 1.96 * cell.distance.error(), cell.floor.mean(), ratio,
                mean_of(cell.log_z_error).c_str(), cell.calls.mean(), mean_of(cell.r_hat).c_str(), cell.failed);
    std::fflush(stdout);
}

void exactness() {
    const int64_t problems = number_option("problems", 20);
    std::printf("%lld problems a cell, %lld particles; sliced W1 with its 95 %% interval\n\n",
                static_cast<long long>(problems), static_cast<long long>(number_option("particles", 2000)));
    std::printf("| method | d | m | sliced W1 | floor | ratio | error of log Z | calls | R-hat | failed |\n");
    std::printf("|---|---|---|---|---|---|---|---|---|---|\n");
    const std::vector<std::string> wanted = list_option("methods", "");
    for (const std::string& dimension : list_option("dimensions", "2,8,80")) {
        for (const std::string& measurements : list_option("measurements", "1,2,4")) {
            const int64_t d = std::stoll(dimension);
            const int64_t m = std::stoll(measurements);
            if (m > d) {
                continue;
            }
            for (const Method& method : methods()) {
                if (!chosen(method.name, wanted)) {
                    continue;
                }
                Cell cell;
                for (int64_t number = 1; number <= problems; ++number) {
                    measure(method, d, m, static_cast<uint64_t>(number), cell);
                }
                print(method, d, m, cell);
            }
        }
    }
    std::printf(
        "\nChains are not converged where the mean over the problems of their split R-hat is above %.2f: over the "
        "second\n"
        "half of their states, the largest of all coordinates. Each is then still near where it began.\n",
        most_r_hat);
}

const Table table("exactness", exactness);

}  // namespace
}  // namespace drift::bench
