// The guided methods on the 25-mode grid as one writes them in Python with LibTorch: what they are measured against.
#pragma once

#include "bench/grid_problem.h"
#include "bench/plain_tds.h"
#include "core/torch.h"

#include <cmath>
#include <functional>
#include <vector>

namespace drift::bench {

/// What guidance makes of D: D + shift.
using PlainGuidance = std::function<torch::Tensor(const PlainGrid&, const torch::Tensor& x, double sigma)>;

constexpr int64_t plain_steps = 10;

/// Where a method leaves its particles, and how many evaluations of the prior, summed over them, that took.
struct PlainRun {
    torch::Tensor x;
    double evaluations = 0;
    torch::Tensor log_weights{};  // undefined where all count the same
};

/// The reverse step with eta = 1, and as many Langevin moves of size .1 behind each as `corrections` says.
inline PlainRun plain_guided(const GridProblem& problem, int64_t n, PlainJacobian jacobian,
                             const PlainGuidance& guidance, int64_t corrections = 0) {
    constexpr double delta = .1;
    const PlainGrid grid(problem, torch::kFloat32, jacobian);
    const std::vector<double> sigma = edm_schedule(20, .02, plain_steps);
    torch::Tensor x = sigma[0] * torch::randn({n, 2});
    for (size_t k = 0; k + 1 < sigma.size(); ++k) {
        const StepCoefficients step = step_coefficients(sigma[k], sigma[k + 1]);
        const torch::Tensor guided = guidance(grid, x, sigma[k]);
        x = (1 - step.c) * guided + step.c * x + step.tau * torch::randn_like(x);
        for (int64_t i = 0; i < corrections && sigma[k + 1] > 0; ++i) {
            x = delta * guidance(grid, x, sigma[k + 1]) + (1 - delta) * x +
                std::sqrt(2 * delta) * sigma[k + 1] * torch::randn_like(x);
        }
    }
    return {x, static_cast<double>((plain_steps + corrections * (plain_steps - 1)) * n)};
}

struct PlainLine {
    explicit PlainLine(const GridProblem& problem)
        : row(problem.matrix[0].to(torch::kFloat32)),
          y(problem.observation[0].item<double>()),
          gain(row.dot(row).item<double>()),
          noise_variance(problem.noise_variance) {}
    torch::Tensor residual(const torch::Tensor& x) const { return y - x.matmul(row); }
    torch::Tensor log_likelihood(const torch::Tensor& x) const {
        return -0.5 * residual(x).square() / noise_variance - 0.5 * std::log(2 * M_PI * noise_variance);
    }

    torch::Tensor row;
    double y, gain, noise_variance;
};

inline constexpr double plain_spread = 32.3;  // V of the grid: 32, its means' variance in each coordinate, and .3

inline double plain_reach_squared(double sigma) {
    return sigma * sigma * plain_spread / (sigma * sigma + plain_spread);
}

/// S is sigma_y^2, with r^2 A A^T, or with A C A^T.
enum class PlainModel { Point, Pigdm, Tweedie };
inline PlainGuidance plain_dps(const GridProblem& problem, PlainModel model) {
    const PlainLine line(problem);
    return [line, model](const PlainGrid& grid, const torch::Tensor& x, double sigma) {
        const PlainGrid::Result at_x = grid.denoise_with_row(x, sigma);
        const torch::Tensor e = line.residual(at_x.denoised);
        const double squared = sigma * sigma;
        torch::Tensor scaled;
        if (model == PlainModel::Tweedie) {
            scaled = e / (line.noise_variance + squared * at_x.jacobian_row.matmul(line.row));
        } else {
            const double r2 = model == PlainModel::Point ? 0 : plain_reach_squared(sigma);
            scaled = e / (line.noise_variance + r2 * line.gain);
        }
        return at_x.denoised + squared * at_x.jacobian_row * scaled.unsqueeze(1);
    };
}

inline PlainGuidance plain_ddnm(const GridProblem& problem) {
    const PlainLine line(problem);
    return [line](const PlainGrid& grid, const torch::Tensor& x, double sigma) {
        const torch::Tensor denoised = grid.denoise(x, sigma);
        return denoised + (line.residual(denoised) / line.gain).unsqueeze(1) * line.row;
    };
}

inline PlainGuidance plain_pnp(const GridProblem& problem, bool draw) {
    const PlainLine line(problem);
    return [line, draw](const PlainGrid& grid, const torch::Tensor& x, double sigma) {
        const double r2 = sigma * sigma;
        torch::Tensor start = grid.denoise(x, sigma);
        torch::Tensor e = line.residual(start);
        if (draw) {
            start = start + sigma * torch::randn_like(start);
            e = line.residual(start) + std::sqrt(line.noise_variance) * torch::randn_like(e);
        }
        return start + (r2 / (line.noise_variance + r2 * line.gain) * e).unsqueeze(1) * line.row;
    };
}

inline PlainGuidance plain_denoiser() {
    return [](const PlainGrid& grid, const torch::Tensor& x, double sigma) { return grid.denoise(x, sigma); };
}

}  // namespace drift::bench
