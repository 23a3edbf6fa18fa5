// Every closed-form method on the 25-mode grid beside its plain LibTorch expression: evaluations of the prior, summed
// over the particles, a second. `./dev bench methods [--particles N] [--methods NAMES]`. A method is one line of
// `methods`.
#include "bench/bench.h"
#include "bench/grid_scenario.h"
#include "bench/plain_methods.h"
#include "bench/statistics.h"
#include "core/run.h"

#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace drift::bench {
namespace {

using Plain = std::function<double(const GridProblem&, int64_t, PlainJacobian)>;

struct Method {
    const char* name;
    const char* sampler;
    std::vector<std::pair<const char*, const char*>> settings;
    Plain plain;
    bool differentiates = true;
};

Plain guided(const std::function<PlainGuidance(const GridProblem&)>& guidance) {
    return [guidance](const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
        return plain_guided(problem, n, jacobian, guidance(problem));
    };
}

Plain dps(PlainModel model) {
    return guided([model](const GridProblem& problem) { return plain_dps(problem, model); });
}

/// Ten evaluations of chains.
Plain chains(const std::function<void(PlainChains&)>& moves) {
    return [moves](const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
        PlainChains particles(problem, n, jacobian);
        moves(particles);
        return static_cast<double>(plain_steps * n);
    };
}

void anneal(PlainChains& particles) {
    for (int64_t rung = 0; rung < plain_steps / 5; ++rung) {
        particles.temper(0.05);
        for (int i = 0; i < 5; ++i) {
            particles.langevin(0.5, .05, false);
        }
    }
}

void walk(PlainChains& particles, bool always) {
    for (int64_t i = 0; i < plain_steps; ++i) {
        particles.langevin(1, .05, always);
    }
}

double whole_tds(const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
    plain_tds(problem, edm_schedule(20, .02, plain_steps), n, jacobian);
    return static_cast<double>(plain_steps * n);
}

const std::vector<Method>& methods() {
    static const std::vector<Method> all = {
        {"reverse_diffusion",
         "reverse_diffusion",
         {},
         guided([](const GridProblem&) { return plain_denoiser(); }),
         false},
        {"dps, point", "dps", {{"error_model", "point"}}, dps(PlainModel::Point)},
        {"pigdm", "pigdm", {}, dps(PlainModel::Pigdm)},
        {"tmpd", "tmpd", {}, dps(PlainModel::Tweedie)},
        {"ddnm", "ddnm", {}, guided(plain_ddnm), false},
        {"pnp, argmin",
         "pnp",
         {{"point", "argmin"}, {"re_noising", "balance"}, {"proximal_variance", "lambda"}},
         guided([](const GridProblem& problem) { return plain_pnp(problem, false); }),
         false},
        {"pnp, draw",
         "pnp",
         {{"point", "draw"}, {"re_noising", "balance"}, {"proximal_variance", "lambda"}},
         guided([](const GridProblem& problem) { return plain_pnp(problem, true); }),
         false},
        {"tds, tweedie", "tds", {{"twist", "tweedie"}}, whole_tds},
        {"ais, MALA", "ais", {{"ladder", "power"}, {"rungs", "20"}}, chains(anneal)},
        {"ula", "ula", {{"steps", "20"}}, chains([](PlainChains& particles) { walk(particles, true); })},
        {"mala", "mala", {{"steps", "20"}}, chains([](PlainChains& particles) { walk(particles, false); })},
        {"hmc",
         "hmc",
         {{"steps", "10"}, {"moves_per_step", "1"}, {"leapfrogs", "10"}},
         chains([](PlainChains& particles) { particles.hamiltonian(.1, plain_steps); })},
    };
    return all;
}

/// Evaluations of a whole run of the program, from the scenario to the clean samples.
double run(const Scenario& scenario) {
    RunOptions options;
    options.frames = false;
    Run run(scenario, options);
    double calls = 0;
    while (!run.finished()) {
        calls = static_cast<double>(run.advance()->numbers.denoiser_calls);
    }
    return calls;
}

void speeds() {
    const torch::NoGradGuard no_gradients;
    const GridProblem problem;
    const int64_t n = number_option("particles", 100'000);
    std::printf("%lld particles, 25 modes, a line measurement; evaluations a second\n\n", static_cast<long long>(n));
    std::printf(
        "| method | Driftscope | LibTorch with autograd | ratio | LibTorch, derivatives by hand | ratio |\n"
        "|---|---|---|---|---|---|\n");
    for (const Method& method : methods()) {
        if (!chosen(method.name, list_option("methods", ""))) {
            continue;
        }
        Scenario scenario = grid_scenario(method.sampler, n);
        for (const auto& [key, value] : method.settings) {
            set_value(scenario, std::string("sampler.") + key, value);
        }
        double calls = 0;
        const double duration = seconds([&] { calls = run(scenario); }, 1);
        const double ours = calls / duration;
        std::printf("| %s | %s/s |", method.name, short_number(ours).c_str());
        for (const PlainJacobian jacobian : {PlainJacobian::Autograd, PlainJacobian::ByHand}) {
            if (jacobian == PlainJacobian::Autograd && !method.differentiates) {
                std::printf(" - | - |");
                continue;
            }
            double plain_calls = 0;
            const double plain = seconds([&] { plain_calls = method.plain(problem, n, jacobian); }, 1);
            std::printf(" %s/s | %.0f |", short_number(plain_calls / plain).c_str(), ours / (plain_calls / plain));
        }
        std::printf("\n");
        std::fflush(stdout);
    }
}

const Table table("methods", speeds);

}  // namespace
}  // namespace drift::bench
