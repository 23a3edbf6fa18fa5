#include "core/potential.h"

#include "core/draws.h"

#include <limits>

namespace drift {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What is impossible on the way may be possible at the end: a difference of infinities would be none.
constexpr double least_reward = -1e12;

/// Numbers of the draws that score; those of a twist that draws come first.
constexpr int64_t draw_offset = draws_per_state / 2;

/// 0 for the best of every `size` particles in a row, the first of equals, and -infinity for the others.
torch::Tensor best_in_groups(const torch::Tensor& rewards, int64_t size) {
    const torch::Tensor plain = rewards.to(torch::kCPU).contiguous();
    const auto* reward = plain.const_data_ptr<double>();
    const int64_t n = plain.size(0);
    torch::Tensor chosen = torch::full({n}, -infinity, torch::kFloat64);
    auto* log_weight = chosen.data_ptr<double>();
    for (int64_t first = 0; first < n; first += size) {
        int64_t best = first;
        for (int64_t i = first; i < std::min(first + size, n); ++i) {
            best = reward[i] > reward[best] || !(reward[best] == reward[best]) ? i : best;
        }
        log_weight[best] = reward[best] > -infinity ? 0 : -infinity;
    }
    return chosen.to(rewards.device());
}

}  // namespace

Potential::Potential(const Problem& problem, const PotentialOptions& options)
    : condition_(problem.condition), options_(options) {
    if (options_.spread <= 0) {
        options_.spread = problem.prior->data_variance();
    }
}

bool Potential::remembers() const {
    return options_.kind == PotentialKind::Max || options_.kind == PotentialKind::Sum;
}

bool Potential::resamples() const {
    return options_.kind != PotentialKind::None && options_.kind != PotentialKind::BestOf;
}

bool Potential::scores(int64_t step) const {
    return step >= options_.start && step <= options_.end && (step - options_.start) % options_.every == 0;
}

int64_t Potential::scored_up_to(int64_t step) const {
    const int64_t last = std::min(step, options_.end);
    return last < options_.start ? 0 : (last - options_.start) / options_.every + 1;
}

void Potential::start(State& first, double sigma) const {
    const torch::Tensor nothing = torch::zeros_like(first.log_weights);
    const torch::Tensor before = !remembers()                          ? torch::Tensor{}
                                 : options_.kind == PotentialKind::Max ? torch::full_like(nothing, -infinity)
                                                                       : nothing;
    spend(first, sigma, nothing, before);
}

void Potential::spend(State& next, double sigma, const torch::Tensor& spent, const torch::Tensor& running) const {
    next.scored = scores(next.step);
    next.log_potential = spent;
    next.running = running;
    if (!next.scored) {
        return;
    }
    next.rewards = score(next, sigma);
    switch (options_.kind) {
        case PotentialKind::Difference:
            next.log_potential = next.rewards;
            break;
        case PotentialKind::Reward:
            next.log_potential = spent + next.rewards;
            break;
        case PotentialKind::Max:
            next.running = at::maximum(running, next.rewards);
            next.log_potential = spent + next.running;
            break;
        case PotentialKind::Sum:
            next.running = running + next.rewards;
            next.log_potential = spent + next.running;
            break;
        default:
            break;
    }
}

void Potential::settle(State& last) const {
    last.scored = true;
    last.rewards = condition_->log_likelihood(last.x) * options_.lambda;
    last.log_potential =
        options_.kind == PotentialKind::BestOf ? best_in_groups(last.rewards, options_.best_of) : last.rewards;
}

/// lambda r_k; with draws log mean_s exp(lambda r(x0^s)), which has the right mean whatever lambda is.
torch::Tensor Potential::score(const State& state, double sigma) const {
    torch::Tensor reward = options_.draws > 0
                               ? log_mean_likelihood(*condition_, state.at_x, sigma,
                                                     {options_.draws, options_.spread, draw_offset}, options_.lambda)
                               : condition_->log_likelihood(state.at_x.denoised) * options_.lambda;
    return reward.clamp_min_(least_reward);
}

}  // namespace drift
