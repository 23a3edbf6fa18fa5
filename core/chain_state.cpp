#include "core/chain_state.h"

#include "core/kernels/weights.h"
#include "core/resampling.h"

#include <cmath>

namespace drift {

void allocate(State& state, int64_t n, const Target& target, const Move& move, const torch::TensorOptions& options) {
    allocate(state.chains.cloud, n, target, options, move.needs_gradient());
    state.x = state.chains.cloud.x;
    if (state.log_weights.defined() && state.log_weights.size(0) == n) {
        return;
    }
    const torch::TensorOptions weights = options.dtype(torch::kFloat64);
    const torch::TensorOptions indices = options.dtype(torch::kInt32);
    state.log_weights = torch::zeros({n}, weights);
    state.drawn_by = torch::empty({n}, weights);
    state.ancestors = torch::empty({n}, indices);
    state.parents = torch::empty({n}, indices);
    state.eves = torch::empty({n}, indices);
    state.scratch.log_ratio = torch::zeros({n}, weights);
    state.scratch.cumulative = torch::empty({n}, weights);
    state.scratch.positions = torch::empty({n + 1}, weights);
    state.scratch.sums = torch::empty({kernels::weight_scratch_size(n + 1)}, weights);
}

void set_equal_weights(State& state) {
    const auto n = static_cast<double>(state.x.size(0));
    state.log_weights.zero_();
    state.log_sum = std::log(n);
    state.numbers.ess = state.numbers.perplexity = n;
    state.numbers.max_weight = 1 / n;
    state.numbers.eves = state.numbers.distinct_parents = state.x.size(0);
}

void start_from_prior(State& first, const Target& target, const Random& random) {
    Chains& chains = first.chains;
    first.numbers = {};
    first.numbers.denoiser_calls = first.x.size(0) * (1 + target.draw_prior(chains.cloud.x, random));
    target.evaluate(chains.cloud);
    chains.tuning = {};
    chains.beta = 0;
    chains.spread = 0;
    chains.moves = 0;
    chains.ladder = nullptr;
    first.step = 0;
    first.finished = false;
    first.log_z_base = 0;
    first.moved_families = first.resampled = first.families = first.scattered = first.drawn = false;
    first.warnings.clear();
    set_equal_weights(first);
}

void copy(const Cloud& from, Cloud& to) {
    to.x.copy_(from.x);
    to.log_prior.copy_(from.log_prior);
    to.log_likelihood.copy_(from.log_likelihood);
    if (to.prior_gradient.defined()) {
        to.prior_gradient.copy_(from.prior_gradient);
        to.likelihood_gradient.copy_(from.likelihood_gradient);
    }
}

void gather(const Cloud& from, const torch::Tensor& parents, Cloud& to) {
    gather(from.x, parents, to.x);
    gather(from.log_prior, parents, to.log_prior);
    gather(from.log_likelihood, parents, to.log_likelihood);
    if (to.prior_gradient.defined()) {
        gather(from.prior_gradient, parents, to.prior_gradient);
        gather(from.likelihood_gradient, parents, to.likelihood_gradient);
    }
}

void inherit(const State& now, State& next) {
    next.step = now.step + 1;
    next.finished = false;
    next.log_z_base = now.log_z_base;
    next.warnings = now.warnings;
    next.moved_families = next.resampled = next.drawn = false;
    next.families = now.families;
    next.scattered = now.scattered;
    if (now.families) {
        next.eves.copy_(now.eves);
    }
    next.numbers = {};
    next.numbers.step = next.step;
    next.numbers.denoiser_calls = now.numbers.denoiser_calls;
    next.chains.tuning = now.chains.tuning;
    next.chains.beta = now.chains.beta;
    next.chains.spread = now.chains.spread;
    next.chains.moves = now.chains.moves;
    next.chains.ladder = now.chains.ladder;
}

}  // namespace drift
