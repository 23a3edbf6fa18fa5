// Particles that take unguided steps and are weighed on the way, on the 25-mode grid, as one writes it in Python with
// LibTorch: SMC under the Tweedie twist, and FK steering by differences of the likelihood at D.
#pragma once

#include "bench/plain_methods.h"
#include "bench/plain_tds.h"

namespace drift::bench {

/// D, and where state k is scored log psi, which else stays that of the parent.
struct PlainScore {
    torch::Tensor denoised, log_psi;
};
using PlainScoring = std::function<PlainScore(const PlainGrid&, const torch::Tensor& x, double sigma, int64_t k)>;

inline PlainRun plain_weighed(const GridProblem& problem, int64_t n, PlainJacobian jacobian, int64_t steps,
                              const PlainScoring& scoring) {
    const PlainGrid grid(problem, torch::kFloat32, jacobian);
    const PlainLine line(problem);
    const std::vector<double> sigma = edm_schedule(20, .02, steps);
    torch::Tensor x = sigma[0] * torch::randn({n, 2});
    torch::Tensor lw = torch::zeros({n}, torch::kFloat64);
    torch::Tensor log_psi = torch::zeros({n});
    PlainScore now = scoring(grid, x, sigma[0], 0);
    for (int64_t k = 0;; ++k) {
        if (now.log_psi.defined()) {
            lw = lw + (now.log_psi - log_psi).to(torch::kFloat64);
            log_psi = now.log_psi;
            if (plain_ess(lw) < tds_threshold * static_cast<double>(n)) {
                const torch::Tensor parents = plain_systematic(lw);
                x = x.index_select(0, parents);
                now.denoised = now.denoised.index_select(0, parents);
                log_psi = log_psi.index_select(0, parents);
                lw = torch::zeros_like(lw);
            }
        }
        if (k + 1 == steps) {
            break;
        }
        const double next = sigma[static_cast<size_t>(k + 1)];
        const StepCoefficients step = step_coefficients(sigma[static_cast<size_t>(k)], next);
        x = (1 - step.c) * now.denoised + step.c * x + step.tau * torch::randn_like(x);
        now = scoring(grid, x, next, k + 1);
    }
    lw = lw + (line.log_likelihood(now.denoised) - log_psi).to(torch::kFloat64);
    return {now.denoised, static_cast<double>(steps * n), lw};
}

inline PlainScoring plain_tweedie_scores(const GridProblem& problem) {
    const PlainLine line(problem);
    return [line](const PlainGrid& grid, const torch::Tensor& x, double sigma, int64_t) {
        const PlainGrid::Result at_x = grid.denoise_with_row(x, sigma);
        const torch::Tensor e = line.residual(at_x.denoised);
        const torch::Tensor s = line.noise_variance + sigma * sigma * at_x.jacobian_row.matmul(line.row);
        return PlainScore{at_x.denoised, -.5 * (e * e / s + s.log() + std::log(2 * M_PI))};
    };
}

/// The likelihood at D at every eighth part of the steps.
inline PlainScoring plain_rewards(const GridProblem& problem, int64_t steps) {
    const PlainLine line(problem);
    const int64_t every = std::max<int64_t>(1, steps / 8);
    return [line, every](const PlainGrid& grid, const torch::Tensor& x, double sigma, int64_t k) {
        const torch::Tensor denoised = grid.denoise(x, sigma);
        return PlainScore{denoised, k > 0 && k % every == 0 ? line.log_likelihood(denoised) : torch::Tensor{}};
    };
}

}  // namespace drift::bench
