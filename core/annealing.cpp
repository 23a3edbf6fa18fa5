#include "core/annealing.h"

#include "core/chain_state.h"
#include "core/exec.h"
#include "core/waste_free.h"
#include "core/weigh.h"

#include <array>
#include <cmath>

namespace drift {
namespace {

constexpr uint64_t pilot_key = 0x9e3779b97f4a7c15;  // another seed, without a pattern in common
constexpr double least_increment = 1e-300;

double conditional_ess(const State& state, double increment, torch::Tensor& increments, torch::Tensor& sums) {
    increments.copy_(state.chains.cloud.log_likelihood).mul_(increment);
    return kernels::conditional_ess(exec_on(increments.device()), increments.size(0),
                                    state.log_weights.const_data_ptr<double>(), increments.const_data_ptr<double>(),
                                    sums.data_ptr<double>());
}

class Annealing final : public Sampler {
public:
    Annealing(Task task, std::shared_ptr<const Target> target, std::shared_ptr<const Move> move,
              AnnealingOptions options)
        : task_(std::move(task)), target_(std::move(target)), move_(std::move(move)), options_(std::move(options)) {}

    Traits traits() const override { return {true, false, true, options_.ladder == LadderKind::Adaptive}; }
    int64_t steps() const override { return options_.rungs; }

    void init(State& first, int64_t count, const Random& random) const override {
        const auto ladder = options_.pilot ? pilot(count, {random.seed ^ pilot_key}) : Pilot{};
        start(first, count, random);
        first.chains.ladder = ladder.ladder;
        first.numbers.denoiser_calls += ladder.calls;
    }

    void step(const State& now, State& next, const Random& random) const override {
        const int64_t n = now.x.size(0);
        allocate(next, n, *target_, *move_, task_.options);
        inherit(now, next);
        Chains& chains = next.chains;
        const auto& ladder = now.chains.ladder;
        const bool settled = ladder && now.step < static_cast<int64_t>(ladder->size());
        chains.beta = settled ? ladder->at(static_cast<size_t>(now.step)).beta : beta_after(now, next);
        weigh_rung(now, next, chains.beta - now.chains.beta);
        if (settled) {
            chains.tuning = ladder->at(static_cast<size_t>(now.step)).tuning;
        } else {
            tune(now, next);
        }
        if (options_.waste_free) {
            const int64_t count = chains_of(n, options_.moves_per_rung);
            resample(now, next, random, count);
            const auto move_on = [&](Cloud& cloud, int64_t moves) { move(next, cloud, moves, random, !settled); };
            run_waste_free(now.chains.cloud, next, *target_, task_.options, {count, random}, move_on);
            settle_families(now, next);
        } else {
            if (wants_resampling(next)) {
                at::sub_out(next.drawn_by, next.log_weights, next.log_sum);
                next.drawn = true;
                resample(now, next, random, n);
                gather(now.chains.cloud, next.parents, chains.cloud);
                next.ancestors.copy_(next.parents);
                settle_families(now, next);
            } else {
                copy(now.chains.cloud, chains.cloud);
            }
            move(next, chains.cloud, options_.moves_per_rung, random, !settled);
        }
        next.finished = chains.beta >= 1;
    }

private:
    struct Pilot {
        std::shared_ptr<const std::vector<Rung>> ladder;
        int64_t calls = 0;
    };

    void start(State& first, int64_t count, const Random& random) const {
        allocate(first, count, *target_, *move_, task_.options);
        start_from_prior(first, *target_, random);
        first.chains.tuning.step_size = options_.step_size;
        first.numbers.beta = 0;
        first.numbers.step_size = options_.step_size;
    }

    Pilot pilot(int64_t count, const Random& random) const {
        std::array<State, 2> states;
        std::vector<Rung> rungs;
        start(states[0], count, random);
        size_t at = 0;
        while (!states.at(at).finished) {
            step(states.at(at), states.at(1 - at), random);
            at = 1 - at;
            rungs.push_back({states.at(at).chains.beta, states.at(at).chains.tuning});
        }
        return {std::make_shared<const std::vector<Rung>>(std::move(rungs)), states.at(at).numbers.denoiser_calls};
    }

    double beta_after(const State& now, State& next) const {
        const auto k = static_cast<double>(next.step);
        const auto rungs = static_cast<double>(options_.rungs);
        if (options_.ladder == LadderKind::Adaptive) {
            return adapted_beta(now, next);
        }
        if (next.step >= options_.rungs) {
            return 1;
        }
        switch (options_.ladder) {
            case LadderKind::Geometric:
                return std::pow(options_.first_beta, (rungs - k) / (rungs - 1));
            case LadderKind::Power:
                return std::pow(k / rungs, options_.power);
            default:
                return std::max(now.chains.beta, options_.drawn.at(k / rungs));
        }
    }

    double adapted_beta(const State& now, State& next) const {
        const double before = now.chains.beta;
        const double beta = next_beta(now, before, options_.rho, next.scratch.log_ratio, next.scratch.sums);
        if (beta - before <= least_increment) {
            next.warnings.push_back("At step " + std::to_string(next.step) +
                                    " the likelihood was 0 for so many particles that the rung could only drop them");
        }
        if (beta < 1 && next.step >= options_.rungs) {
            next.warnings.push_back("The ladder had not reached 1 after " + std::to_string(options_.rungs) +
                                    " rungs and went there in one leap from " + shown(beta) +
                                    "; more rungs would keep the weights even");
            return 1;
        }
        return beta;
    }

    /// Log weights at the new temperature and what they say, before any resampling.
    static void weigh_rung(const State& now, State& next, double increment) {
        kernels::WeightUpdate update;
        update.previous = now.log_weights.const_data_ptr<double>();
        update.previous_log_sum = now.log_sum;
        if (increment > 0) {  // nothing times infinity is not a number
            next.scratch.log_ratio.copy_(now.chains.cloud.log_likelihood).mul_(increment);
            update.log_ratio = next.scratch.log_ratio.const_data_ptr<double>();
        }
        weigh(next, update, "step " + std::to_string(next.step));
        next.numbers.beta = next.chains.beta;
        next.numbers.distinct_parents = now.x.size(0);
    }

    /// What the move goes by, from the weighted cloud before resampling.
    void tune(const State& now, State& next) const {
        Chains& chains = next.chains;
        const double variance = learn_shape(*move_, now.x, next.log_weights, next.log_sum, chains.sums, chains.tuning);
        if (!options_.tune) {
            chains.tuning.step_size = options_.step_size;
        } else if (variance > 0 && chains.spread > 0) {
            chains.tuning.step_size *= std::pow(variance / chains.spread, move_->power_of_spread() / 2);
        }
        chains.spread = variance;
    }

    bool wants_resampling(const State& next) const {
        if (options_.resample_every > 0) {
            return next.step % options_.resample_every == 0;
        }
        const double least = options_.resample_below * static_cast<double>(next.x.size(0));
        return next.numbers.ess < least || options_.resample_below >= 1;
    }

    /// Draws who goes on; the weights are even from here on.
    void resample(const State& now, State& next, const Random& random, int64_t children) const {
        StepNumbers& numbers = next.numbers;
        if (options_.order != ParticleOrder::None) {
            next.x.copy_(now.x);  // where those stand who are in line
        }
        numbers.distinct_parents = choose_parents(next, options_.resampling, random, children, options_.order);
        numbers.resampled = true;
        next.log_z_base = numbers.log_z;
        next.log_weights.zero_();
        next.log_sum = std::log(static_cast<double>(now.x.size(0)));
    }

    /// First ancestors by the ancestors in the state before.
    static void settle_families(const State& now, State& next) {
        if (now.families) {
            gather(now.eves, next.ancestors, next.eves);
        } else {
            next.eves.copy_(next.ancestors);
        }
        next.moved_families = next.families = true;
        next.numbers.eves = distinct(next.eves, next.eves.size(0), !next.scattered);
    }

    void move(State& next, Cloud& cloud, int64_t moves, const Random& random, bool may_tune) const {
        Chains& chains = next.chains;
        allocate(chains.scratch, cloud.x.size(0), *target_, task_.options, *move_);
        const double wanted = move_->wanted_acceptance();
        const torch::Tensor weights = next.numbers.resampled ? torch::Tensor{} : next.log_weights;
        double accepted = 0;
        for (int64_t i = 0; i < moves; ++i) {
            next.numbers.step_size = chains.tuning.step_size;
            move_->take(*target_, chains.beta, chains.tuning, random, chains.moves++, chains.scratch, cloud);
            const double share = wanted > 0 ? pooled_acceptance(chains.scratch, weights, next.log_sum, chains.sums) : 1;
            accepted += share / static_cast<double>(moves);
            if (options_.tune && may_tune && wanted > 0) {
                chains.tuning.step_size *= std::exp(share - wanted);
            }
        }
        next.numbers.acceptance = accepted;
        next.numbers.non_finite = std::max<int64_t>(next.numbers.non_finite, chains.scratch.not_finite.item<int32_t>());
        next.numbers.denoiser_calls += cloud.x.size(0) * moves * move_->evaluations();
    }

    Task task_;
    std::shared_ptr<const Target> target_;
    std::shared_ptr<const Move> move_;
    AnnealingOptions options_;
};

}  // namespace

double next_beta(const State& state, double beta, double rho, torch::Tensor& increments, torch::Tensor& sums) {
    const double wanted = rho * static_cast<double>(increments.size(0));
    const auto keeps_enough = [&](double increment) {
        return conditional_ess(state, increment, increments, sums) >= wanted;
    };
    if (keeps_enough(1 - beta)) {
        return 1;
    }
    double low = 0;
    double high = 1 - beta;
    for (int i = 0; i < 60; ++i) {
        const double middle = low + (high - low) / 2;
        (keeps_enough(middle) ? low : high) = middle;
    }
    // Nothing that can be told from 0 keeps enough: a likelihood of 0 weighs that much already.
    return low > 0 && beta + low > beta ? beta + low : std::max(std::nextafter(beta, 1.0), least_increment);
}

std::shared_ptr<const Sampler> annealing(Task task, std::shared_ptr<const Target> target,
                                         std::shared_ptr<const Move> move, AnnealingOptions options) {
    if (options.ladder == LadderKind::Drawn) {
        double before = 0;
        for (int64_t k = 1; k <= options.rungs; ++k) {
            const double beta = options.drawn.at(static_cast<double>(k) / static_cast<double>(options.rungs));
            if (beta < before) {
                throw UserError("'sampler.beta' must not fall, but rung " + std::to_string(k) + " is " + shown(beta) +
                                " after " + shown(before));
            }
            before = beta;
        }
    }
    return std::make_shared<const Annealing>(std::move(task), std::move(target), std::move(move), std::move(options));
}

}  // namespace drift
