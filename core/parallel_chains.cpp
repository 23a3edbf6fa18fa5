#include "core/parallel_chains.h"

#include "core/chain_state.h"

#include <cmath>

namespace drift {
namespace {

/// Robbins and Monro: log of the step size moves by gain times what is missing, with gains that fall so slowly that any
/// place can be reached and so fast that it comes to rest.
double gain(int64_t moves) {
    return 2 / std::pow(1 + static_cast<double>(moves), 0.6);
}

class ParallelChains final : public Sampler {
public:
    ParallelChains(Task task, std::shared_ptr<const Target> target, std::shared_ptr<const Move> move,
                   ChainOptions options)
        : task_(std::move(task)), target_(std::move(target)), move_(std::move(move)), options_(std::move(options)) {}

    Traits traits() const override { return {}; }
    int64_t steps() const override { return options_.steps; }
    std::vector<std::string> warnings() const override { return options_.warnings; }
    std::vector<double> amplifications() const override {
        const double each = amplification(options_.step_size);
        return std::isfinite(each) ? std::vector<double>(static_cast<size_t>(steps()), each) : std::vector<double>{};
    }

    void init(State& first, int64_t count, const Random& random) const override {
        allocate(first, count, *target_, *move_, task_.options);
        start_from_prior(first, *target_, random);
        first.chains.beta = 1;
        first.chains.tuning.step_size = options_.step_size;
        finish(first);
    }

    void step(const State& now, State& next, const Random& random) const override {
        allocate(next, now.x.size(0), *target_, *move_, task_.options);
        allocate(next.chains.scratch, now.x.size(0), *target_, task_.options, *move_);
        inherit(now, next);
        set_equal_weights(next);
        Chains& chains = next.chains;
        copy(now.chains.cloud, chains.cloud);
        const bool burning_in = static_cast<double>(next.step) <= options_.burn_in * static_cast<double>(steps());
        if (!tunes()) {
            chains.tuning.step_size = options_.step_size;
        }
        if (move_->wants() != CloudShape::Unknown && (burning_in || now.step == 0)) {
            learn_shape(*move_, chains.cloud.x, {}, 0, chains.sums, chains.tuning);
        }
        double accepted = 0;
        for (int64_t i = 0; i < options_.moves_per_step; ++i) {
            move_->take(*target_, 1, chains.tuning, random, chains.moves, chains.scratch, chains.cloud);
            accepted += pooled(chains) / static_cast<double>(options_.moves_per_step);
            if (tunes() && burning_in) {
                chains.tuning.step_size *= std::exp(gain(chains.moves) * (pooled(chains) - wanted()));
            }
            ++chains.moves;
        }
        next.numbers.acceptance = accepted;
        next.numbers.non_finite = chains.scratch.not_finite.item<int32_t>();
        next.numbers.denoiser_calls += now.x.size(0) * options_.moves_per_step * move_->evaluations();
        finish(next);
    }

private:
    bool tunes() const { return options_.tune && move_->wanted_acceptance() > 0; }
    double wanted() const {
        return options_.wanted_acceptance > 0 ? options_.wanted_acceptance : move_->wanted_acceptance();
    }
    double pooled(Chains& chains) const {
        return move_->wanted_acceptance() > 0 ? pooled_acceptance(chains.scratch, {}, 0, chains.sums) : 1.0;
    }

    /// Of all moves of a step; NaN where the curvature is not known.
    double amplification(double step_size) const {
        return std::pow(std::abs(1 - step_size * options_.curvature), static_cast<double>(options_.moves_per_step));
    }

    void finish(State& state) const {
        state.finished = state.step == steps();
        state.numbers.beta = state.chains.beta;
        state.numbers.step_size = state.chains.tuning.step_size;
        state.numbers.amplification = state.finished ? undefined_number : amplification(options_.step_size);
    }

    Task task_;
    std::shared_ptr<const Target> target_;
    std::shared_ptr<const Move> move_;
    ChainOptions options_;
};

}  // namespace

std::shared_ptr<const Sampler> parallel_chains(Task task, std::shared_ptr<const Target> target,
                                               std::shared_ptr<const Move> move, ChainOptions options) {
    return std::make_shared<const ParallelChains>(std::move(task), std::move(target), std::move(move),
                                                  std::move(options));
}

}  // namespace drift
