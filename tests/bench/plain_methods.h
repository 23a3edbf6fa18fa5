// The closed-form methods on the 25-mode grid as one writes them in Python with LibTorch: what they are measured
// against. Each does a little of its work and returns how many evaluations of the prior, summed over the particles,
// that was.
#pragma once

#include "bench/grid_problem.h"
#include "bench/plain_tds.h"

#include <torch/types.h>

#include <cmath>
#include <functional>
#include <vector>

namespace drift::bench {

/// What guidance makes of D: D + shift.
using PlainGuidance = std::function<torch::Tensor(const PlainGrid&, const torch::Tensor& x, double sigma)>;

constexpr int64_t plain_steps = 10;

/// The reverse step with eta = 1.
inline double plain_guided(const GridProblem& problem, int64_t n, PlainJacobian jacobian,
                           const PlainGuidance& guidance) {
    const PlainGrid grid(problem, torch::kFloat32, jacobian);
    const std::vector<double> sigma = edm_schedule(20, .02, plain_steps);
    torch::Tensor x = sigma[0] * torch::randn({n, 2});
    for (size_t k = 0; k + 1 < sigma.size(); ++k) {
        const StepCoefficients step = step_coefficients(sigma[k], sigma[k + 1]);
        const torch::Tensor guided = guidance(grid, x, sigma[k]);
        x = (1 - step.c) * guided + step.c * x + step.tau * torch::randn_like(x);
    }
    return static_cast<double>(plain_steps * n);
}

struct PlainLine {
    explicit PlainLine(const GridProblem& problem)
        : row(problem.matrix[0].to(torch::kFloat32)),
          y(problem.observation[0].item<double>()),
          gain(row.dot(row).item<double>()),
          noise_variance(problem.noise_variance) {}
    torch::Tensor residual(const torch::Tensor& x) const { return y - x.matmul(row); }

    torch::Tensor row;
    double y, gain, noise_variance;
};

inline constexpr double plain_spread = 32;  // V of the grid, 8 of its means' variance in each coordinate and .3

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
            const double r2 = model == PlainModel::Point ? 0 : squared * plain_spread / (squared + plain_spread);
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

/// Particles with what moves at a fixed temperature know of them.
class PlainChains {
public:
    PlainChains(const GridProblem& problem, int64_t n, PlainJacobian jacobian)
        : grid_(problem, torch::kFloat32, jacobian), line_(problem), x_(4 * torch::randn({n, 2})) {
        evaluate(x_, now_);
    }

    /// x* = x + eps grad log pi + sqrt(2 eps) z, accepted with the ratio of both ways unless `always`.
    void langevin(double beta, double eps, bool always) {
        const torch::Tensor drift = now_.prior + beta * now_.likelihood;
        const torch::Tensor proposed = x_ + eps * drift + std::sqrt(2 * eps) * torch::randn_like(x_);
        Known next;
        evaluate(proposed, next);
        if (always) {
            x_ = proposed;
            now_ = next;
            return;
        }
        const torch::Tensor back = next.prior + beta * next.likelihood;
        const torch::Tensor ratio =
            next.log(beta) - now_.log(beta) -
            ((x_ - proposed - eps * back).square().sum(1) - (proposed - x_ - eps * drift).square().sum(1)) / (4 * eps);
        accept(ratio, proposed, next);
    }

    void hamiltonian(double h, int64_t leapfrogs) {
        torch::Tensor p = torch::randn_like(x_);
        const torch::Tensor energy = now_.log(1) - 0.5 * p.square().sum(1);
        torch::Tensor x = x_;
        Known at = now_;
        for (int64_t i = 0; i < leapfrogs; ++i) {
            p = p + h / 2 * (at.prior + at.likelihood);
            x = x + h * p;
            evaluate(x, at);
            p = p + h / 2 * (at.prior + at.likelihood);
        }
        accept(at.log(1) - 0.5 * p.square().sum(1) - energy, x, at);
    }

    /// A rung of annealing: weights, systematic resampling below 90 %.
    void temper(double increment) {
        weights_ = (weights_.defined() ? weights_ : torch::zeros({x_.size(0)}, torch::kFloat64)) +
                   increment * now_.log_likelihood.to(torch::kFloat64);
        const torch::Tensor share = weights_.softmax(0);
        const auto n = static_cast<double>(x_.size(0));
        if (1 / share.square().sum().item<double>() < .9 * n) {
            const torch::Tensor position =
                (torch::arange(x_.size(0), torch::kFloat64) + torch::rand({1}, torch::kFloat64)) / n;
            const torch::Tensor parents = torch::searchsorted(share.cumsum(0), position).clamp_max(x_.size(0) - 1);
            x_ = x_.index_select(0, parents);
            now_ = {now_.log_prior.index_select(0, parents), now_.log_likelihood.index_select(0, parents),
                    now_.prior.index_select(0, parents), now_.likelihood.index_select(0, parents)};
            weights_ = torch::zeros_like(weights_);
        }
    }

private:
    struct Known {
        torch::Tensor log_prior, log_likelihood, prior, likelihood;  // the last two are gradients
        torch::Tensor log(double beta) const { return log_prior + beta * log_likelihood; }
    };

    void evaluate(const torch::Tensor& x, Known& known) const {
        const PlainGrid::Density density = grid_.density(x);
        const torch::Tensor e = line_.residual(x);
        known = {density.log, -0.5 * e.square() / line_.noise_variance, density.score,
                 (e / line_.noise_variance).unsqueeze(1) * line_.row};
    }

    void accept(const torch::Tensor& ratio, const torch::Tensor& proposed, const Known& next) {
        const torch::Tensor taken = torch::rand_like(ratio).log() < ratio;
        const torch::Tensor rows = taken.unsqueeze(1);
        x_ = torch::where(rows, proposed, x_);
        now_ = {torch::where(taken, next.log_prior, now_.log_prior),
                torch::where(taken, next.log_likelihood, now_.log_likelihood),
                torch::where(rows, next.prior, now_.prior), torch::where(rows, next.likelihood, now_.likelihood)};
    }

    PlainGrid grid_;
    PlainLine line_;
    torch::Tensor x_, weights_;
    Known now_;
};

}  // namespace drift::bench
