// Potentials of Feynman-Kac steering: what a reward says on the way, so that particles can be judged before they are
// clean. With r_k = r(D(x_k)) at scored states, log G there is
//
//     difference  lambda (r_k - r_before), nothing before the first     sum     lambda sum_{i <= k} r_i
//     max         lambda max_{i <= k} r_i                               reward  lambda r_k
//
// and at the end whatever is missing for prod G = exp(lambda r(x0)), so that every potential has the same target.
// guidance.md 1.6.9.
#pragma once

#include "core/sampler.h"

#include <memory>

namespace drift {

enum class PotentialKind {
    Difference,
    Max,
    Sum,
    Reward,
    None,    // importance sampling: all weight is given at the end
    BestOf,  // no weights: at the end the best of each group goes on alone
};

struct PotentialOptions {
    PotentialKind kind = PotentialKind::Difference;
    double lambda = 1;
    int64_t draws = 0;  // the reward of so many draws around D (core/draws.h) in place of that of D; 0 for D itself
    double spread = 0;  // V of the draws; 0 asks for the prior's own
    int64_t start = 1;  // scored are the states start, start + every ... up to end, and the last one
    int64_t every = 1;
    int64_t end = 0;
    int64_t best_of = 1;  // size of a group
};

/// Keeps the cumulative log potential of every particle, log prod G, in State::log_potential. Immutable; what it
/// remembers is part of the state, which shares with the one before what it leaves as it was.
class Potential {
public:
    Potential(const Problem& problem, const PotentialOptions& options);

    /// Whether State::running is wanted.
    bool remembers() const;
    /// Whether weights lead to resampling; without, they are only for the end.
    bool resamples() const;
    /// Whether weights estimate log Z.
    bool has_evidence() const { return options_.kind != PotentialKind::BestOf; }
    bool scores(int64_t step) const;
    /// How many states up to this one are scored.
    int64_t scored_up_to(int64_t step) const;

    /// log_potential, rewards and running of the first state, where D is known.
    void start(State& first, double sigma) const;
    /// The same of a later state; `spent` and `running` are those of the parents, in the order of their children.
    void spend(State& next, double sigma, const torch::Tensor& spent, const torch::Tensor& running) const;
    /// log_potential and rewards of the clean samples.
    void settle(State& last) const;

private:
    torch::Tensor score(const State& state, double sigma) const;

    std::shared_ptr<const Condition> condition_;
    PotentialOptions options_;
};

}  // namespace drift
