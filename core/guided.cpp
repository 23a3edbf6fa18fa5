#include "core/guided.h"

#include "core/guided_move.h"
#include "core/guided_state.h"
#include "core/masked_end.h"
#include "core/stability.h"
#include "core/weigh.h"

#include <cmath>
#include <limits>

namespace drift {
namespace {

constexpr uint64_t another_seed = 0x9E3779B97F4A7C15ULL;  // apart by so much, without a pattern in common

/// What a step leaves of the parents, in the order of their children.
struct Parents {
    torch::Tensor log_target;  // [n]
    torch::Tensor running;     // likewise, of a potential that remembers
};

/// Throws UserError where a step before the last injects no noise: such a step has no density.
void require_noise(const Curve& eta, const Schedule& schedule) {
    for (int64_t k = 0; k + 1 < schedule.steps(); ++k) {
        if (!(eta.at_step(k, schedule.steps()) > 0)) {
            throw UserError("'sampler.eta' is 0 at step " + std::to_string(k) +
                            ", but the weights of guided steps need noise in every one: keep it above 0, or choose a "
                            "method without guidance or without weights");
        }
    }
}

class GuidedDiffusion final : public Sampler {
public:
    GuidedDiffusion(Task task, std::shared_ptr<const Twist> twist, GuidedOptions options)
        : task_(std::move(task)),
          twist_(std::move(twist)),
          options_(std::move(options)),
          stability_(Stability::of(task_.problem, twist_)) {}

    Traits traits() const override {
        return {options_.weighted, twist_->has_pull(), false, false, options_.potential != nullptr};
    }

    std::vector<std::string> warnings() const override {
        std::vector<std::string> all = options_.warnings;
        if (options_.potential && !options_.potential->has_evidence()) {
            all.emplace_back(
                "The best of each group go on: the particles sample no posterior, and say nothing of the one that "
                "exact values are known for");
        }
        if (std::string flat = twist_->warning(); !flat.empty()) {
            all.push_back(std::move(flat));
        }
        if (std::string blow_up = blow_up_warning(amplifications()); !blow_up.empty()) {
            all.push_back(std::move(blow_up));
        }
        return all;
    }

    std::vector<double> amplifications() const override {
        std::vector<double> all;
        for (int64_t k = 0; stability_ && k < task_.schedule.steps(); ++k) {
            all.push_back(amplification(move_from(k)));
        }
        return all;
    }

    int64_t steps() const override { return task_.schedule.steps(); }

    std::vector<double> etas() const override {
        std::vector<double> values;
        if (options_.corrector_steps > 0 || options_.masked_last || !targets_posterior() || task_.problem.power != 1) {
            return values;
        }
        for (int64_t k = 0; k < task_.schedule.steps(); ++k) {
            values.push_back(move_from(k).eta);
        }
        return values;
    }

    void init(State& first, int64_t count, const Random& random) const override {
        allocate(first, count, task_, wanted());
        random.fill_normals(first.x, kernels::Purpose::InitialNoise, 0);
        first.x.mul_(task_.schedule.at(0));
        first.step = 0;
        first.at_x.random = random;
        first.at_x.step = 0;
        first.log_z_base = 0;
        first.moved_families = first.families = first.scattered = first.scored = false;
        twist_->evaluate(first.x, task_.schedule.at(0), first.at_x);
        first.numbers = {};
        first.numbers.denoiser_calls = count * twist_->calls(0);
        if (options_.potential) {
            options_.potential->start(first, task_.schedule.at(0));
        }
        kernels::WeightUpdate update;
        update.new_twist = data_of(log_target(first));
        weigh_particles(first, update, false);
        finish(first, random);
    }

    void step(const State& now, State& next, const Random& random) const override {
        const int64_t n = now.x.size(0);
        allocate(next, n, task_, wanted());
        const GuidedMove move = move_from(now.step);
        next.step = now.step + 1;
        next.numbers = {};
        next.numbers.denoiser_calls = now.numbers.denoiser_calls;
        next.numbers.tau = move.tau;
        next.log_z_base = now.resampled ? now.numbers.log_z : now.log_z_base;
        inherit_families(now, next);
        const Parents parents = parents_of(now, next, guides(move));
        kernels::WeightUpdate update;
        update.previous = now.resampled ? nullptr : data_of(now.log_weights);
        update.previous_log_sum = now.log_sum;
        update.new_twist = data_of(next.at_x.log_twist);
        update.old_twist = data_of(parents.log_target);
        update.log_ratio = has_ratio(move) ? data_of(next.scratch.log_ratio) : nullptr;
        const bool weighed = move_particles(now, next, move, random, update);
        if (move.last) {
            evaluate_clean(next, move.sigma);
        } else if (options_.potential) {
            options_.potential->spend(next, move.sigma_next, parents.log_target, parents.running);
        }
        update.new_twist = data_of(log_target(next));
        if (changes_weights(now, next, move)) {
            weigh_particles(next, update, weighed);
        } else {
            keep_weights(now, next);
        }
        finish(next, random);
    }

    torch::Tensor shift_at(const State& state, const torch::Tensor& x) const override {
        if (!twist_->has_pull() || options_.together || state.step == steps()) {
            return {};
        }
        Evaluation there;
        there.denoised = torch::empty_like(x);
        there.pull = torch::zeros_like(x);
        there.log_twist = torch::zeros({x.size(0)}, x.options().dtype(torch::kFloat64));
        there.random = state.at_x.random;
        there.step = state.step;
        twist_->evaluate(x, task_.schedule.at(state.step), there);
        return there.pull * state.shift_scale;
    }

private:
    static const double* data_of(const torch::Tensor& numbers) { return numbers.const_data_ptr<double>(); }

    WantedBuffers wanted() const { return {twist_->has_pull(), options_.potential && options_.potential->remembers()}; }

    /// What the weights of a state were given: they target its exponential times the prior.
    const torch::Tensor& log_target(const State& state) const {
        return options_.potential ? state.log_potential : state.at_x.log_twist;
    }

    bool targets_posterior() const { return !options_.potential || options_.potential->has_evidence(); }

    /// Whether particles are weighed by the density of the unguided step over that of the guided one. The last step is
    /// the unguided one of the model, whose density is a point (1.6.8), and who picks the best asks for no density.
    bool has_ratio(const GuidedMove& move) const {
        const bool counted = !options_.potential || options_.potential->has_evidence();
        return options_.weighted && counted && twist_->has_pull() && !move.last;
    }

    GuidedMove move_from(int64_t k) const { return guided_move(options_, task_.schedule, k); }

    /// With weights the last step is the unguided one of the model, whose density is a point (1.6.8).
    bool guides(const GuidedMove& move) const {
        return twist_->has_pull() && !(move.last && (options_.weighted || !options_.guide_last));
    }

    /// Of the step; NaN where it is not known.
    double amplification(const GuidedMove& move) const {
        return stability_ ? stability_->amplification(move.sigma, move.c, guides(move) ? move.shift_scale : 0)
                          : std::numeric_limits<double>::quiet_NaN();
    }

    /// Those of `now`, or those chosen by its resampling, which are then in the scratch of `next`.
    Parents parents_of(const State& now, State& next, bool guided) const {
        if (!now.resampled) {
            return {log_target(now), now.running};
        }
        gather_parents(now, next, guided);
        return {next.scratch.log_twist, next.scratch.running};
    }

    /// Moves the parents to next.x and evaluates there, unless they are clean by then. Whether weights were updated
    /// along the way, too.
    bool move_particles(const State& now, State& next, const GuidedMove& move, const Random& random,
                        const kernels::WeightUpdate& update) const {
        ReverseMove step;
        step.c = move.c;
        step.tau = move.tau;
        step.shift_scale = move.shift_scale;
        step.noise = {random.seed, kernels::Purpose::Proposal, static_cast<uint32_t>(now.step)};
        step.x = now.resampled ? next.scratch.x : now.x;
        step.denoised = now.resampled ? next.at_x.denoised : now.at_x.denoised;
        if (guides(move)) {
            step.pull = now.resampled ? next.at_x.pull : now.at_x.pull;
        }
        step.next = next.x;
        if (has_ratio(move)) {
            step.log_ratio = next.scratch.log_ratio;
        }
        step.not_finite = next.scratch.not_finite.zero_();
        bool weighed = false;
        if (move.last) {
            take(step);
        } else {
            next.at_x.random = random;
            next.at_x.step = next.step;
            if (options_.weighted && !options_.potential) {
                own(next.log_weights);
                weighed = twist_->step_evaluate_and_weigh(step, move.sigma_next, next.at_x, weighing_of(next, update));
            } else {
                twist_->step_and_evaluate(step, move.sigma_next, next.at_x);
            }
            next.numbers.denoiser_calls += next.x.size(0) * twist_->calls(next.step);
            correct(next, move.sigma_next, random);
        }
        next.numbers.non_finite = step.not_finite.item<int32_t>();
        return weighed;
    }

    /// Langevin moves at the noise level that was reached: the reverse step with c = 1 - delta and
    /// tau = sqrt(2 delta) sigma. A twist that draws does so anew for each: their errors must not add up.
    void correct(State& next, double sigma, const Random& random) const {
        for (int64_t i = 0; i < options_.corrector_steps; ++i) {
            ReverseMove move;
            move.c = 1 - options_.corrector_size;
            move.tau = std::sqrt(2 * options_.corrector_size) * sigma;
            move.shift_scale = options_.guidance.at_step(next.step, task_.schedule.steps());
            move.noise = {random.seed, kernels::Purpose::Momentum,
                          static_cast<uint32_t>(next.step * max_corrector_steps + i)};
            move.x = next.x;
            move.denoised = next.at_x.denoised;
            if (twist_->has_pull()) {
                move.pull = next.at_x.pull;
            }
            move.next = next.scratch.x;
            move.not_finite = next.scratch.not_finite.zero_();
            next.at_x.random = {random.seed + static_cast<uint64_t>(i + 1) * another_seed};
            twist_->step_and_evaluate(move, sigma, next.at_x);
            std::swap(next.x, next.scratch.x);
            next.numbers.denoiser_calls += next.x.size(0) * twist_->calls(next.step);
        }
    }

    /// What is known of the clean samples, which came from noise sigma.
    void evaluate_clean(State& next, double sigma) const {
        torch::Tensor log_psi;
        if (options_.masked_last) {
            const LinearGaussian& measurement = *task_.problem.condition->linear();
            const double spread = options_.spread > 0 ? options_.spread : task_.problem.prior->data_variance();
            const double variance = measurement.noise * measurement.noise + denoised_variance(sigma, spread);
            log_psi = fill_in_measured(measurement, variance, next.x);
        }
        next.at_x.denoised.copy_(next.x);
        if (twist_->has_pull()) {
            next.at_x.pull.zero_();
        }
        if (options_.potential) {
            options_.potential->settle(next);
        } else if (options_.weighted) {
            next.at_x.log_twist.copy_(log_psi.defined() ? log_psi : task_.problem.condition->log_likelihood(next.x));
        }
    }

    /// Log weights, unless they are there by now, and what they say; throws RunError where no particle is left.
    void weigh_particles(State& state, const kernels::WeightUpdate& update, bool weighed) const {
        const int64_t n = state.x.size(0);
        StepNumbers& numbers = state.numbers;
        if (!options_.weighted) {
            numbers.ess = numbers.perplexity = static_cast<double>(n);
            numbers.max_weight = 1.0 / static_cast<double>(n);
            numbers.eves = n;
            state.log_sum = std::log(static_cast<double>(n));
            return;
        }
        const std::string when = "step " + std::to_string(state.step) + " of " + std::to_string(task_.schedule.steps());
        if (weighed) {
            conclude(state, weighing_of(state, update), when);
        } else {
            weigh(state, update, when);
        }
        if (!options_.potential) {
            return;
        }
        constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
        if (!state.scored && update.log_ratio == nullptr) {
            numbers.conditional_ess = undefined;  // nothing was weighed
        }
        if (!options_.potential->has_evidence()) {
            numbers.log_z = numbers.log_z_sd = undefined;
        }
    }

    /// A potential says nothing between the states that it scores: weights that are not those of a guided step are then
    /// what they were.
    bool changes_weights(const State& now, const State& next, const GuidedMove& move) const {
        return !options_.potential || next.scored || now.resampled || has_ratio(move);
    }

    static void keep_weights(const State& now, State& next) {
        next.log_weights = now.log_weights;
        next.log_sum = now.log_sum;
        StepNumbers& numbers = next.numbers;
        numbers.ess = now.numbers.ess;
        numbers.perplexity = now.numbers.perplexity;
        numbers.max_weight = now.numbers.max_weight;
        numbers.eves = now.numbers.eves;
        numbers.genealogical_ess = now.numbers.genealogical_ess;
        numbers.log_z = now.numbers.log_z;
        numbers.log_z_sd = now.numbers.log_z_sd;
        numbers.log_z_sd_is_lower_bound = now.numbers.log_z_sd_is_lower_bound;
        numbers.conditional_ess = std::numeric_limits<double>::quiet_NaN();  // nothing was weighed
    }

    bool wants_resampling(const State& state) const {
        if (!options_.weighted || state.step == task_.schedule.steps()) {
            return false;
        }
        int64_t occasion = state.step + 1;
        if (options_.potential) {
            if (!state.scored || !options_.potential->resamples()) {
                return false;
            }
            occasion = options_.potential->scored_up_to(state.step);
        }
        if (options_.resample_every > 0) {
            return occasion % options_.resample_every == 0;
        }
        const auto n = static_cast<double>(state.x.size(0));
        return state.numbers.ess < options_.resample_below * n || options_.resample_below >= 1;
    }

    /// Decides on resampling and completes the row of numbers.
    void finish(State& state, const Random& random) const {
        StepNumbers& numbers = state.numbers;
        numbers.step = state.step;
        numbers.sigma = task_.schedule.at(state.step);
        if (state.step < task_.schedule.steps()) {
            const GuidedMove move = move_from(state.step);
            numbers.sigma_next = move.sigma_next;
            numbers.eta = move.eta;
            numbers.guidance = twist_->has_pull() ? move.zeta : 0;
            numbers.amplification = amplification(move);
            state.shift_scale = move.shift_scale;
        }
        state.resampled = wants_resampling(state);
        numbers.resampled = state.resampled;
        numbers.distinct_parents = state.x.size(0);
        if (state.resampled) {
            numbers.distinct_parents = choose_parents(state, options_.resampling, random, 0, options_.order);
        }
    }

    Task task_;
    std::shared_ptr<const Twist> twist_;
    GuidedOptions options_;
    std::optional<Stability> stability_;
};

}  // namespace

std::shared_ptr<const Sampler> guided_diffusion(Task task, std::shared_ptr<const Twist> twist, GuidedOptions options) {
    TORCH_CHECK(!options.weighted || options.corrector_steps == 0, "corrector steps have no weights");
    TORCH_CHECK(options.weighted || !options.potential, "a potential is a weight");
    if (options.weighted && !options.potential && !twist->has_density()) {
        throw UserError(
            "'sampler.twist' is tweedie, whose density, which weights need, is known for at most 16 measured values, "
            "and there are more: choose pigdm or point");
    }
    const bool best_of = options.potential && !options.potential->has_evidence();
    if (options.weighted && twist->has_pull() && !best_of) {
        require_noise(options.eta, task.schedule);
    }
    if (options.masked_last) {
        require_masklike(*task.problem.condition);
    }
    return std::make_shared<const GuidedDiffusion>(std::move(task), std::move(twist), std::move(options));
}

std::vector<double> at_steps(const Curve& curve, const Schedule& schedule) {
    std::vector<double> values;
    for (int64_t k = 0; k < schedule.steps(); ++k) {
        values.push_back(curve.at_step(k, schedule.steps()));
    }
    return values;
}

}  // namespace drift
