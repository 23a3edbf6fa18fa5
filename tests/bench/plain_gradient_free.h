// Guidance that asks the likelihood for values alone, on the 25-mode grid, as one writes it in Python with LibTorch:
// all queries of a step in one tensor, as in the published codes, but candidates one after the other.
#pragma once

#include "bench/plain_methods.h"
#include "bench/plain_tds.h"

namespace drift::bench {

/// 32 queries ahead and behind.
inline PlainGuidance plain_smoothed(const GridProblem& problem) {
    const PlainLine line(problem);
    return [line](const PlainGrid& grid, const torch::Tensor& x, double sigma) {
        constexpr int64_t queries = 32;
        const double mu = .01 * std::sqrt(plain_spread);
        const auto gradient = [&](const torch::Tensor& denoised) {
            const torch::Tensor u = torch::randn({queries, x.size(0), x.size(1)});
            const torch::Tensor slopes =
                (line.log_likelihood(denoised + mu * u) - line.log_likelihood(denoised - mu * u)) / (2 * mu);
            return (slopes.unsqueeze(2) * u).mean(0);
        };
        const PlainGrid::Result at_x = grid.denoise_with_vector(x, sigma, gradient);
        return at_x.denoised + sigma * sigma * at_x.jacobian_row;
    };
}

/// 64 samples within the reach of the prior, at temperature 1.
inline PlainGuidance plain_policy(const GridProblem& problem) {
    const PlainLine line(problem);
    return [line](const PlainGrid& grid, const torch::Tensor& x, double sigma) {
        constexpr int64_t samples = 64;
        const double reach = std::sqrt(plain_reach_squared(sigma));
        const auto gradient = [&](const torch::Tensor& denoised) {
            const torch::Tensor u = torch::randn({samples, x.size(0), x.size(1)});
            const torch::Tensor share = line.log_likelihood(denoised + reach * u).softmax(0);
            const torch::Tensor advantage = (share - 1. / samples) * (samples / (samples - 1.));
            return (advantage.unsqueeze(2) * u).sum(0) / reach;
        };
        const PlainGrid::Result at_x = grid.denoise_with_vector(x, sigma, gradient);
        return at_x.denoised + sigma * sigma * at_x.jacobian_row;
    };
}

/// The gain form, all particles one ensemble.
inline PlainGuidance plain_kalman(const GridProblem& problem) {
    const PlainLine line(problem);
    return [line](const PlainGrid& grid, const torch::Tensor& x, double sigma) {
        const torch::Tensor denoised = grid.denoise(x, sigma);
        const torch::Tensor images = denoised.matmul(line.row);
        const torch::Tensor d = denoised - denoised.mean(0);
        const torch::Tensor u = images - images.mean();
        const double scale = plain_reach_squared(sigma) / d.square().mean().item<double>();
        const torch::Tensor shared = scale * (d * u.unsqueeze(1)).mean(0);
        const torch::Tensor gain = shared / (scale * u.square().mean() + line.noise_variance);
        return denoised + (line.y - images).unsqueeze(1) * gain;
    };
}

/// 16 candidates after the first quarter of the steps; 100 steps, or fewer.
inline PlainRun plain_candidates(const GridProblem& problem, int64_t n, PlainJacobian, int64_t steps) {
    constexpr int64_t candidates = 16;
    const PlainGrid grid(problem, torch::kFloat32);
    const PlainLine line(problem);
    const std::vector<double> sigma = edm_schedule(20, .02, steps);
    const auto first = static_cast<int64_t>(std::ceil(.25 * static_cast<double>(steps)));
    torch::Tensor x = sigma[0] * torch::randn({n, 2});
    torch::Tensor denoised = grid.denoise(x, sigma[0]);
    auto evaluations = static_cast<double>(n);
    for (int64_t k = 1; k < steps; ++k) {
        const double level = sigma[static_cast<size_t>(k)];
        const StepCoefficients step = step_coefficients(sigma[static_cast<size_t>(k - 1)], level);
        const torch::Tensor mean = (1 - step.c) * denoised + step.c * x;
        torch::Tensor best;
        const int64_t tries = k > first ? candidates : 1;
        for (int64_t m = 0; m < tries; ++m) {
            const torch::Tensor candidate = mean + step.tau * torch::randn_like(x);
            const torch::Tensor there = grid.denoise(candidate, level);
            const torch::Tensor value = line.log_likelihood(there);
            if (m == 0) {
                x = candidate, denoised = there, best = value;
                continue;
            }
            const torch::Tensor better = (value > best).unsqueeze(1);
            x = torch::where(better, candidate, x);
            denoised = torch::where(better, there, denoised);
            best = torch::maximum(best, value);
        }
        evaluations += static_cast<double>(n * tries);
    }
    return {denoised, evaluations};
}

}  // namespace drift::bench
