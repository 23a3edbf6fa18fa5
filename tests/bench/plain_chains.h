// Chains at a fixed temperature on the 25-mode grid, and their annealing, as one writes them in Python with LibTorch.
#pragma once

#include "bench/plain_methods.h"
#include "bench/plain_weights.h"

namespace drift::bench {

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
        if (plain_ess(weights_) < .9 * static_cast<double>(x_.size(0))) {
            const torch::Tensor parents = plain_systematic(weights_);
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
