// What a trajectory is worth at its end: the logarithm of what the reference is multiplied by to become the target.
//
//     log w = beta log r(x)                                    relative trajectory balance, outsourced sampling
//     log w = log p0(x) + beta log r(x) - log N(x; 0, sigma^2)  diffusion samplers, from Brownian motion
//
// trained_samplers.md 8.1.
#pragma once

#include "core/sampler.h"
#include "core/target.h"
#include "core/torch.h"
#include "core/training/reference.h"

#include <memory>

namespace drift {

struct TerminalOptions {
    /// Variance of the Brownian motion whose end is divided out, with the prior's density in its place; 0 for a
    /// reference that ends in the prior already.
    double brownian_variance = 0;
    /// Whether every trajectory has an observation of its own, for one sampler that knows the posterior of any.
    bool amortised = false;
};

class Terminal {
public:
    /// Throws UserError where the problem lacks a density or a linear measurement that is asked for.
    Terminal(const Task& task, std::shared_ptr<const Reference> reference, const TerminalOptions& options);

    struct Value {
        torch::Tensor base;   // [n] float64 on the host: what beta does not touch
        torch::Tensor log_r;  // [n] likewise
        /// Without log r, which may be minus infinity, where beta is 0.
        torch::Tensor log_w(double beta) const { return beta == 0 ? base : base + log_r * beta; }
    };
    /// At the ends x_T [n, d]; `observed` [n, m] where each has its own observation.
    Value evaluate(const torch::Tensor& last, const torch::Tensor& observed = {}) const;
    /// At places of the target whose densities are known.
    Value value_at(const Cloud& cloud) const;
    /// Of log w with respect to x_T, [n, d]; `observed` as above. Throws UserError where the condition has none.
    torch::Tensor gradient(const torch::Tensor& last, double beta, const torch::Tensor& observed = {}) const;
    /// The gradient of the log density of the target's own part at any x [n, d], in units of the reference and clipped:
    /// what a policy with a Langevin term is told.
    torch::Tensor guide(const torch::Tensor& x, const torch::Tensor& observed = {}) const;

    /// The density of the target at the end, for Markov chains there; null where it is not known.
    const std::shared_ptr<const Target>& target() const { return target_; }
    /// Draws from the prior, [n, d].
    torch::Tensor prior_draws(int64_t count, const Random& random) const;

    bool amortised() const { return options_.amortised; }
    int64_t observed_size() const { return options_.amortised ? measurement_->A->output_size() : 0; }
    /// Observations of draws from the prior, [count, m].
    torch::Tensor draw_observed(int64_t count, const Random& random) const;
    /// That of the problem, in every row [count, m]; undefined where nothing is told of it.
    torch::Tensor given_observed(int64_t count) const;
    /// As the network sees them: around 0, spread by 1.
    torch::Tensor normalised(const torch::Tensor& observed) const;

private:
    torch::Tensor shaped(const torch::Tensor& rows) const;
    torch::Tensor measured(const torch::Tensor& rows) const;
    void learn_scale_of_observations();
    torch::Tensor log_likelihood(const torch::Tensor& samples, const torch::Tensor& observed) const;
    torch::Tensor density_gradient(const torch::Tensor& x, double beta, const torch::Tensor& observed) const;
    torch::Tensor likelihood_gradient(const torch::Tensor& samples, const torch::Tensor& observed) const;
    const LinearGaussian* linear_in_data() const;

    Task task_;
    std::shared_ptr<const Reference> reference_;
    TerminalOptions options_;
    std::vector<int64_t> shape_;  // of a batch of samples
    std::shared_ptr<const Target> target_;
    const LinearGaussian* measurement_ = nullptr;
    torch::Tensor observed_mean_, observed_spread_;  // [m]
};

}  // namespace drift
