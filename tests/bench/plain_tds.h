// TDS on the 25-mode grid as one writes it in Python: the twist from the exact covariance, systematic resampling where
// the effective sample size falls below half the particles.
#pragma once

#include "bench/grid_problem.h"
#include "bench/plain_weights.h"
#include "core/torch.h"

#include <cmath>
#include <vector>

namespace drift::bench {

constexpr double tds_threshold = .5;

struct StepCoefficients {
    double tau, c;
};

/// eta = 1 (guidance.md 1.3)
inline StepCoefficients step_coefficients(double sigma, double next) {
    const double tau = next * std::sqrt(1 - next * next / (sigma * sigma));
    return {tau, std::sqrt(next * next - tau * tau) / sigma};
}

/// Where the particles end, with their weights and the estimate of log Z.
struct PlainTds {
    torch::Tensor x, log_weights;
    double log_z = 0;
};

/// The loop as one writes it in Python.
inline PlainTds plain_tds(const GridProblem& problem, const std::vector<double>& sigma, int64_t n,
                          PlainJacobian jacobian = PlainJacobian::ByHand) {
    const PlainGrid grid(problem, torch::kFloat32, jacobian);
    const torch::Tensor row = problem.matrix[0].to(torch::kFloat32);
    const double y = problem.observation[0].item<double>();
    const double log_two_pi = std::log(2 * M_PI);
    struct Twist {
        torch::Tensor denoised, pull, log_psi;
    };
    const auto twist = [&](const torch::Tensor& x, double level) {
        const PlainGrid::Result at_x = grid.denoise_with_row(x, level);
        const torch::Tensor e = y - at_x.denoised.matmul(row);
        const torch::Tensor s = problem.noise_variance + level * level * at_x.jacobian_row.matmul(row);
        return Twist{at_x.denoised, level * level * at_x.jacobian_row * (e / s).unsqueeze(1),
                     (-.5 * (e * e / s + s.log() + log_two_pi)).to(torch::kFloat64)};
    };
    torch::Tensor x = sigma[0] * torch::randn({n, 2});
    Twist now = twist(x, sigma[0]);
    torch::Tensor lw = now.log_psi;
    double log_z = 0;
    const auto log_mean = [&] { return lw.logsumexp(0).item<double>() - std::log(static_cast<double>(n)); };
    for (size_t k = 0; k + 1 < sigma.size(); ++k) {
        const bool last = k + 2 == sigma.size();
        if (plain_ess(lw) < tds_threshold * static_cast<double>(n)) {
            log_z += log_mean();
            const torch::Tensor parents = plain_systematic(lw);
            x = x.index_select(0, parents);
            now = {now.denoised.index_select(0, parents), now.pull.index_select(0, parents),
                   now.log_psi.index_select(0, parents)};
            lw = torch::zeros_like(lw);
        }
        if (last) {
            const torch::Tensor e = y - now.denoised.matmul(row);
            const torch::Tensor log_likelihood =
                -.5 * (e * e / problem.noise_variance + std::log(problem.noise_variance) + log_two_pi);
            lw = lw + log_likelihood.to(torch::kFloat64) - now.log_psi;
            break;
        }
        const StepCoefficients step = step_coefficients(sigma[k], sigma[k + 1]);
        const torch::Tensor z = torch::randn_like(x);
        const torch::Tensor delta = (1 - step.c) * now.pull;
        x = (1 - step.c) * now.denoised + delta + step.c * x + step.tau * z;
        const torch::Tensor ratio =
            -((z * delta).sum(1) / step.tau + delta.square().sum(1) / (2 * step.tau * step.tau)).to(torch::kFloat64);
        Twist next = twist(x, sigma[k + 1]);
        lw = lw + next.log_psi - now.log_psi + ratio;
        now = next;
    }
    return {now.denoised, lw, log_z + log_mean()};
}

}  // namespace drift::bench
