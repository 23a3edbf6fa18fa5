// What trained samplers reach, over several seeds, beside the exact value and, where there is one, the published one:
// `./dev bench trained [--seeds N] [--problems NAMES]`. A problem is one line of `problems`; the exact numbers are
// those of trained_samplers.md 3.1 and 6.4 to 6.6.
#include "bench/bench.h"
#include "bench/statistics.h"
#include "core/error.h"
#include "core/metrics.h"
#include "core/run.h"
#include "support/settings.h"
#include "support/shipped.h"
#include "support/trained.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace drift::bench {
namespace {

using test::Trained;

/// A measure of its own that a problem has, such as what share of the noise lies on one side.
using Measure = std::function<double(const Trained&)>;

struct Problem {
    const char* name;
    const char* file;  // of assets/scenarios
    std::vector<std::pair<std::string, std::string>> settings;
    double log_z;
    double floor;  // of the bounds: what the best drift leaves where the variance is fixed; NaN where it is not known
    const char* measure_name;
    Measure measure;
    const char* wanted;
};

/// Weighted mean of g(z).
template <class G>
double mean_of(const Trained& trained, const G& g) {
    return test::mean_of(trained.samples, g);
}

/// Largest distance of a mean from that of the exact posterior.
Measure worst_mean(std::vector<double> exact) {
    return [exact](const Trained& trained) {
        double worst = 0;
        for (size_t k = 0; k < exact.size(); ++k) {
            const double mean = mean_of(trained, [k](const float* z) { return static_cast<double>(z[k]); });
            worst = std::max(worst, std::abs(mean - exact[k]));
        }
        return worst;
    };
}

double unevenness_of_angles(const Trained& trained) {
    return test::unevenness_of_angles(trained.samples);
}

double share_right(const Trained& trained) {
    return mean_of(trained, [](const float* z) { return z[0] > 0 ? 1.0 : 0.0; });
}

double mode_mass_error(const Trained& trained) {
    return trained.summary.mode_mass_tv;
}

/// Sliced W1 of 2,000 samples to as many exact draws in units of that between two exact sets, both means over many:
/// how many draws fall into which mode makes one pair of sets twice as far apart as the next.
double distance_in_floors(const Trained& trained) {
    constexpr int64_t part = 2000, pairs = 40;
    const GaussianMixture exact = test::task(test::grid_25_line("rtb")).problem.exact->posterior;
    const torch::Tensor draws = exact.sample(2 * pairs * part, measuring, kernels::Purpose::Metric);
    const auto draw = [&](int64_t i) { return draws.narrow(0, i * part, part); };
    Sample distance, floor;
    for (int64_t i = 0; i < pairs; ++i) {
        floor.add(sliced_wasserstein(draw(2 * i), {}, draw(2 * i + 1)));
    }
    const torch::Tensor log_weights = torch::tensor(trained.samples.log_weights, torch::kFloat64);
    const int64_t n = log_weights.size(0);
    const torch::Tensor x = torch::tensor(trained.samples.values).to(torch::kFloat64).view({n, -1});
    for (int64_t i = 0; (i + 1) * part <= n; ++i) {
        const torch::Tensor share = log_weights.narrow(0, i * part, part).log_softmax(0);
        distance.add(sliced_wasserstein(x.narrow(0, i * part, part), share, draw(i)));
    }
    return distance.mean() / floor.mean();
}

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Data space, and a linear map.
std::vector<Problem> linear_problems() {
    return {{"rtb-25-to-9",
             "trained_nine_of_25",
             {},
             0,
             unknown,
             "mode-mass TV",
             mode_mass_error,
             "< .20 (stretch .08; short runs of the specification .13)"},
            {"the same on-policy", "trained_collapse", {}, 0, unknown, "mode-mass TV", mode_mass_error, "loses modes"},
            {"the same with replay", "trained_replay", {}, 0, unknown, "mode-mass TV", mode_mass_error, "< .20"},
            {"25 modes under a line",
             "trained_nine_of_25",
             {{"condition.type", "linear_gaussian"},
              {"condition.matrix", "[[1, 0.5]]"},
              {"condition.observation", "[3]"},
              {"condition.noise", "1"},
              {"sampler.steps", "100"}},
             -3.3256069,
             unknown,
             "sliced W1 / floor",
             distance_in_floors,
             "error of log Z < .05, distance < 1.5"},
            {"linear, beta .25",
             "trained_linear_map",
             {{"sampler.beta", ".25"}},
             -1.2665143,
             .050,
             "worst mean",
             worst_mean({.380952, .571429, -.380952}),
             "< .03"},
            {"linear, beta 1",
             "trained_linear_map",
             {{"sampler.beta", "1"}},
             -2.1154217,
             .186,
             "worst mean",
             worst_mean({.444444, .666667, -.444444}),
             "< .03"},
            {"linear, beta 4",
             "trained_linear_map",
             {{"sampler.beta", "4"}},
             -3.4839868,
             .58,
             "worst mean",
             worst_mean({.463768, .695652, -.463768}),
             "< .03"}};
}

/// Maps that fold or bend, and a rare half-space.
std::vector<Problem> other_problems() {
    const char* square = "trained_square_map";
    return {{"square, sd .5",
             square,
             {{"prior.latent", "1"}, {"condition.matrix", "[[1]]"}},
             -2.1693276,
             .31,
             "share z > 0",
             share_right,
             ".45 to .55"},
            {"square, sd .1",
             square,
             {{"prior.latent", "1"}, {"condition.matrix", "[[1]]"}, {"condition.noise", "0.1"}},
             -2.2620636,
             unknown,
             "share z > 0",
             share_right,
             ".45 to .55"},
            {"ring", "trained_ring_map", {}, -1.2887608, unknown, "KS of the angle", unevenness_of_angles, "< .05"},
            {"half-space a = 3",
             "trained_rare_half_space",
             {},
             std::log(0.5 * std::erfc(3 / std::numbers::sqrt2) + std::exp(-20.0)),
             unknown,
             "E z1 - 3.283",
             [](const Trained& trained) {
                 return mean_of(trained, [](const float* z) { return static_cast<double>(z[0]); }) - 3.283099;
             },
             "error of log Z < .1"}};
}

std::vector<Problem> problems() {
    std::vector<Problem> all = linear_problems();
    for (Problem& problem : other_problems()) {
        all.push_back(std::move(problem));
    }
    return all;
}

Trained trained(const Problem& problem, uint64_t seed) {
    Scenario scenario = test::shipped(problem.file);
    test::set_values(scenario, problem.settings);
    scenario.seed = seed;
    scenario.particles = 20'000;  // enough that what is measured is the training and not the drawing
    return test::trained(scenario);
}

std::string with_interval(const Sample& sample, int digits) {
    return std::isfinite(sample.mean())
               ? decimals(sample.mean(), digits) + " ± " + decimals(1.96 * sample.error(), digits)
               : "-";
}

void print(const Problem& problem, int64_t seeds) {
    Sample weighted, lower, upper, ess, measured, duration;
    for (int64_t seed = 1; seed <= seeds; ++seed) {
        const Trained result = trained(problem, static_cast<uint64_t>(seed));
        const Summary& summary = result.summary;
        weighted.add(summary.log_z - problem.log_z);
        lower.add(summary.log_z_lower - problem.log_z);
        upper.add(summary.log_z_upper - problem.log_z);
        ess.add(summary.ess / static_cast<double>(summary.particles));
        measured.add(problem.measure(result));
        duration.add(summary.training_seconds);
    }
    std::printf("| %s | %.4f | %s | %s | %s | %s | %s | %s: %s | %s | %.0f |\n", problem.name, problem.log_z,
                with_interval(weighted, 3).c_str(), with_interval(lower, 3).c_str(), with_interval(upper, 3).c_str(),
                std::isnan(problem.floor) ? "-" : decimals(problem.floor, 3).c_str(), with_interval(ess, 2).c_str(),
                problem.measure_name, with_interval(measured, 3).c_str(), problem.wanted, duration.mean());
    std::fflush(stdout);
}

void quality() {
    const int64_t seeds = number_option("seeds", 5);
    std::printf("%lld seeds, with 95 %% intervals of their mean; log Z as its error\n\n",
                static_cast<long long>(seeds));
    std::printf(
        "| problem | exact log Z | weighted | lower bound | upper bound | floor | ESS / n | measure | wanted | seconds "
        "|\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (const Problem& problem : problems()) {
        if (chosen(problem.name, list_option("problems", ""))) {
            print(problem, seeds);
        }
    }
}

const Table table("trained", quality);

}  // namespace
}  // namespace drift::bench
