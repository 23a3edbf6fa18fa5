// Every closed-form method with its plain LibTorch expression, on the 25-mode grid: what the table of speeds goes
// through, and a test that both sample the same. A method is one line of `methods`.
#pragma once

#include "bench/grid_scenario.h"
#include "bench/plain_chains.h"
#include "bench/plain_gradient_free.h"
#include "bench/plain_methods.h"
#include "bench/plain_smc.h"
#include "bench/plain_tds.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace drift::bench {

using Plain = std::function<PlainRun(const GridProblem&, int64_t, PlainJacobian)>;

struct Method {
    const char* name;
    const char* sampler;
    std::vector<std::pair<const char*, const char*>> settings;
    Plain plain;
    bool differentiates = true;
    int64_t steps = plain_steps;  // of a program that samples the same; 0: the plain expression only does the work
};

inline Plain guided(const std::function<PlainGuidance(const GridProblem&)>& guidance, int64_t corrections = 0) {
    return [guidance, corrections](const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
        return plain_guided(problem, n, jacobian, guidance(problem), corrections);
    };
}

inline Plain dps(PlainModel model, int64_t corrections = 0) {
    return guided([model](const GridProblem& problem) { return plain_dps(problem, model); }, corrections);
}

/// Ten evaluations of chains.
inline Plain chains(const std::function<void(PlainChains&)>& moves) {
    return [moves](const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
        PlainChains particles(problem, n, jacobian);
        moves(particles);
        return PlainRun{{}, static_cast<double>(plain_steps * n)};
    };
}

inline void anneal(PlainChains& particles) {
    for (int64_t rung = 0; rung < plain_steps / 5; ++rung) {
        particles.temper(0.05);
        for (int i = 0; i < 5; ++i) {
            particles.langevin(0.5, .05, false);
        }
    }
}

inline void walk(PlainChains& particles, bool always) {
    for (int64_t i = 0; i < plain_steps; ++i) {
        particles.langevin(1, .05, always);
    }
}

inline PlainRun whole_tds(const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
    const PlainTds all = plain_tds(problem, edm_schedule(20, .02, plain_steps), n, jacobian);
    return {all.x, static_cast<double>(plain_steps * n), all.log_weights};
}

inline PlainRun whole_smc(const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
    return plain_weighed(problem, n, jacobian, plain_steps, plain_tweedie_scores(problem));
}

/// All steps of the program: scores are rare, and would not be in fewer.
inline PlainRun whole_fk(const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
    return plain_weighed(problem, n, jacobian, grid_steps, plain_rewards(problem, grid_steps));
}

inline PlainRun whole_search(const GridProblem& problem, int64_t n, PlainJacobian jacobian) {
    return plain_candidates(problem, n, jacobian, plain_steps);
}

inline const std::vector<Method>& methods() {
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
         {{"point", "argmin"}, {"proximal_variance", "lambda"}},
         guided([](const GridProblem& problem) { return plain_pnp(problem, false); }),
         false},
        {"pnp, draw",
         "pnp",
         {{"point", "draw"}, {"proximal_variance", "lambda"}},
         guided([](const GridProblem& problem) { return plain_pnp(problem, true); }),
         false},
        {"tds, tweedie", "tds", {{"twist", "tweedie"}}, whole_tds},
        {"smc, tweedie", "smc", {{"proposal", "base"}, {"twist", "tweedie"}}, whole_smc},
        {"fk_steering", "fk_steering", {}, whole_fk, false, grid_steps},
        {"predictor_corrector", "predictor_corrector", {{"error_model", "tweedie"}}, dps(PlainModel::Tweedie, 1)},
        {"smoothed_guidance", "smoothed_guidance", {}, guided(plain_smoothed)},
        {"policy_guidance", "policy_guidance", {}, guided(plain_policy)},
        {"best_of_candidates", "best_of_candidates", {}, whole_search, false},
        {"ensemble_kalman", "ensemble_kalman", {}, guided(plain_kalman), false},
        {"ais, MALA", "ais", {{"ladder", "power"}, {"rungs", "20"}}, chains(anneal), true, 0},
        {"ula", "ula", {{"steps", "20"}}, chains([](PlainChains& particles) { walk(particles, true); }), true, 0},
        {"mala", "mala", {{"steps", "20"}}, chains([](PlainChains& particles) { walk(particles, false); }), true, 0},
        {"hmc",
         "hmc",
         {{"steps", "10"}, {"moves_per_step", "1"}, {"leapfrogs", "10"}},
         chains([](PlainChains& particles) { particles.hamiltonian(.1, plain_steps); }),
         true,
         0},
    };
    return all;
}

/// The scenario that runs a method in the program.
inline Scenario scenario_of(const Method& method, int64_t n) {
    Scenario scenario = grid_scenario(method.sampler, n);
    for (const auto& [key, value] : method.settings) {
        set_value(scenario, std::string("sampler.") + key, value);
    }
    return scenario;
}

}  // namespace drift::bench
