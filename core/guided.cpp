#include "core/guided.h"

#include "core/exec.h"
#include "core/kernels/weights.h"

#include <cmath>

namespace drift {
namespace {

/// One move from sigma_k to sigma_{k+1}; symbols of guidance.md 1.3.
struct Move {
    double sigma = 0, sigma_next = 0, eta = 0, zeta = 0, tau = 0, c = 0;
    double shift_scale = 0;  // of pull, added to D
    bool last = false;
};

/// A state's tensors for n particles in the shape of the prior's samples; does nothing where they are there already.
void allocate(State& state, int64_t n, const Task& task, bool with_pull) {
    std::vector<int64_t> shape = task.problem.prior->sample_shape();
    shape.insert(shape.begin(), n);
    if (state.x.defined() && state.x.sizes() == shape) {
        return;
    }
    const torch::TensorOptions weights = task.options.dtype(torch::kFloat64);
    const torch::TensorOptions indices = task.options.dtype(torch::kInt32);
    state.x = torch::empty(shape, task.options);
    state.at_x = {};
    state.at_x.denoised = torch::empty(shape, task.options);
    state.at_x.log_twist = torch::zeros({n}, weights);
    if (with_pull) {
        state.at_x.pull = torch::zeros(shape, task.options);
    }
    state.log_weights = torch::zeros({n}, weights);
    state.ancestors = torch::empty({n}, indices);
    state.parents = torch::empty({n}, indices);
    state.eves = torch::empty({n}, indices);
    Scratch& scratch = state.scratch;
    scratch.x = torch::empty(shape, task.options);
    scratch.log_twist = torch::empty({n}, weights);
    scratch.log_ratio = torch::empty({n}, weights);
    scratch.cumulative = torch::empty({n}, weights);
    scratch.positions = torch::empty({n + 1}, weights);
    scratch.sums = torch::empty({kernels::weight_scratch_size(n + 1)}, weights);
    scratch.not_finite = torch::empty({1}, indices);
}

class GuidedDiffusion final : public Sampler {
public:
    GuidedDiffusion(Task task, std::shared_ptr<const Twist> twist, GuidedOptions options)
        : task_(std::move(task)), twist_(std::move(twist)), options_(std::move(options)) {}

    Traits traits() const override { return {options_.weighted, twist_->has_pull()}; }

    int64_t steps() const override { return task_.schedule.steps(); }

    std::vector<double> etas() const override {
        std::vector<double> values;
        for (int64_t k = 0; k < task_.schedule.steps(); ++k) {
            values.push_back(move_from(k).eta);
        }
        return values;
    }

    void init(State& first, int64_t count, const Random& random) const override {
        allocate(first, count, task_, twist_->has_pull());
        random.fill_normals(first.x, kernels::Purpose::InitialNoise, 0);
        first.x.mul_(task_.schedule.at(0));
        first.step = 0;
        first.at_x.random = random;
        first.at_x.step = 0;
        first.log_z_base = 0;
        first.moved_families = false;
        first.families = false;
        twist_->evaluate(first.x, task_.schedule.at(0), first.at_x);
        first.numbers = {};
        first.numbers.denoiser_calls = count * twist_->calls();
        weigh(first, {nullptr, log_twist_of(first), nullptr, nullptr});
        finish(first, random);
    }

    void step(const State& now, State& next, const Random& random) const override {
        const int64_t n = now.x.size(0);
        allocate(next, n, task_, twist_->has_pull());
        const Move move = move_from(now.step);
        const bool has_ratio = options_.weighted && twist_->has_pull() && !move.last;
        next.numbers = {};
        next.numbers.denoiser_calls = now.numbers.denoiser_calls;
        next.numbers.tau = move.tau;
        const double* old_twist = move_particles(now, next, move, has_ratio, random);
        next.step = now.step + 1;
        next.log_z_base = now.resampled ? now.numbers.log_z : now.log_z_base;
        inherit_families(now, next);
        weigh(next, {now.resampled ? nullptr : now.log_weights.const_data_ptr<double>(), log_twist_of(next), old_twist,
                     has_ratio ? next.scratch.log_ratio.const_data_ptr<double>() : nullptr});
        finish(next, random);
    }

    torch::Tensor shift_at(const State& state, const torch::Tensor& x) const override {
        if (!twist_->has_pull() || state.step == steps()) {
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
    static const double* log_twist_of(const State& state) { return state.at_x.log_twist.const_data_ptr<double>(); }

    static void inherit_families(const State& now, State& next) {
        next.moved_families = now.resampled;
        next.families = now.families || now.resampled;
        if (!now.resampled) {
            if (now.families) {
                next.eves.copy_(now.eves);
            }
            return;
        }
        next.ancestors.copy_(now.parents);
        if (now.families) {
            gather(now.eves, now.parents, next.eves);
        } else {
            next.eves.copy_(now.parents);
        }
    }

    Move move_from(int64_t k) const {
        Move move;
        move.sigma = task_.schedule.at(k);
        move.sigma_next = task_.schedule.at(k + 1);
        move.last = k + 1 == task_.schedule.steps();
        move.eta = options_.eta.at_step(k, task_.schedule.steps());
        move.zeta = options_.guidance.at_step(k, task_.schedule.steps());
        if (options_.noise_balance) {
            move.tau = move.sigma_next * std::sqrt(options_.noise_balance->at_step(k, task_.schedule.steps()));
            move.eta = eta_of(move.tau, move.sigma, move.sigma_next);
        } else {
            move.tau = injected_noise(move.sigma, move.sigma_next, move.eta);
        }
        move.c = keep_factor(move.sigma, move.sigma_next, move.tau);
        move.shift_scale = shift_scale(move);
        return move;
    }

    /// What zeta * pull means for D in x' = (1 - c)(D + shift) + c x + tau z. The norm and step forms are written as
    /// additions to x', hence the division (guidance.md 1.5).
    double shift_scale(const Move& move) const {
        switch (options_.form) {
            case PullForm::Score:
                return move.zeta;
            case PullForm::UnitResidual:
                return move.zeta * std::sqrt((1 + move.sigma * move.sigma) * (1 + move.sigma_next * move.sigma_next)) /
                       (1 - move.c);
            default:
                return move.zeta / (1 - move.c);
        }
    }

    /// Moves the particles of `now`, or those chosen by its resampling, to next.x and evaluates there. Returns their
    /// log psi at `now`.
    const double* move_particles(const State& now, State& next, const Move& move, bool has_ratio,
                                 const Random& random) const {
        const torch::Tensor* log_twist = &now.at_x.log_twist;
        ReverseMove step;
        step.c = move.c;
        step.tau = move.tau;
        step.shift_scale = move.shift_scale;
        step.noise = {random.seed, kernels::Purpose::Proposal, static_cast<uint32_t>(now.step)};
        // With weights the last step is the unguided one of the model, whose density is a point (1.6.8).
        const bool guided = twist_->has_pull() && !(move.last && (options_.weighted || !options_.guide_last));
        if (now.resampled) {
            // The buffers of `next` hold the parents until its own evaluation overwrites them.
            gather(now.x, now.parents, next.scratch.x);
            gather(now.at_x.denoised, now.parents, next.at_x.denoised);
            gather(now.at_x.log_twist, now.parents, next.scratch.log_twist);
            if (guided) {
                gather(now.at_x.pull, now.parents, next.at_x.pull);
            }
            log_twist = &next.scratch.log_twist;
        }
        step.x = now.resampled ? next.scratch.x : now.x;
        step.denoised = now.resampled ? next.at_x.denoised : now.at_x.denoised;
        if (guided) {
            step.pull = now.resampled ? next.at_x.pull : now.at_x.pull;
        }
        step.next = next.x;
        if (has_ratio) {
            step.log_ratio = next.scratch.log_ratio;
        }
        step.not_finite = next.scratch.not_finite.zero_();
        if (move.last) {
            take(step);
            evaluate_clean(next);
        } else {
            next.at_x.random = random;
            next.at_x.step = now.step + 1;
            twist_->step_and_evaluate(step, move.sigma_next, next.at_x);
            next.numbers.denoiser_calls += next.x.size(0) * twist_->calls();
        }
        next.numbers.non_finite = step.not_finite.item<int32_t>();
        return log_twist->const_data_ptr<double>();
    }

    void evaluate_clean(State& next) const {
        next.at_x.denoised.copy_(next.x);
        if (twist_->has_pull()) {
            next.at_x.pull.zero_();
        }
        if (options_.weighted) {
            next.at_x.log_twist.copy_(task_.problem.condition->log_likelihood(next.x));
        }
    }

    /// Log weights and what they say; throws RunError where no particle is left.
    void weigh(State& state, const kernels::WeightUpdate& update) const {
        const int64_t n = state.x.size(0);
        StepNumbers& numbers = state.numbers;
        numbers.ess = numbers.perplexity = static_cast<double>(n);
        numbers.max_weight = 1.0 / static_cast<double>(n);
        numbers.eves = n;
        if (!options_.weighted) {
            state.log_sum = std::log(static_cast<double>(n));
            return;
        }
        const kernels::Exec exec = exec_on(state.x.device());
        auto* log_weights = state.log_weights.data_ptr<double>();
        auto* sums = state.scratch.sums.data_ptr<double>();
        kernels::WeightUpdate with_families = update;
        with_families.eves = state.families ? state.eves.const_data_ptr<int32_t>() : nullptr;
        const kernels::WeightSummary summary = kernels::update_log_weights(exec, n, with_families, log_weights, sums);
        if (summary.positive == 0) {
            throw RunError("no particle explains the observation at step " + std::to_string(state.step) + " of " +
                           std::to_string(task_.schedule.steps()) + ": all " + std::to_string(n) + " weights are zero");
        }
        state.log_sum = summary.log_sum;
        numbers.ess = summary.ess;
        numbers.perplexity = summary.perplexity;
        numbers.max_weight = summary.max_weight;
        numbers.non_finite = std::max(numbers.non_finite, summary.not_a_number);
        numbers.log_z = state.log_z_base + summary.log_sum - std::log(static_cast<double>(n));

        // rv = sum_e W_e^2 - 1 / N over families; sd(log Z) is its root as long as that is small (guidance.md 2.5).
        const double relative_variance = std::max(0.0, summary.eve_squares - 1.0 / static_cast<double>(n));
        numbers.eves = summary.eves;
        numbers.log_z_sd = std::sqrt(relative_variance);
        numbers.log_z_sd_is_lower_bound = relative_variance >= 0.3 || summary.eves == 1;
    }

    /// Decides on resampling and completes the row of numbers.
    void finish(State& state, const Random& random) const {
        const auto n = static_cast<double>(state.x.size(0));
        StepNumbers& numbers = state.numbers;
        const bool last = state.step == task_.schedule.steps();
        numbers.step = state.step;
        numbers.sigma = task_.schedule.at(state.step);
        if (!last) {
            const Move move = move_from(state.step);
            numbers.sigma_next = move.sigma_next;
            numbers.eta = move.eta;
            numbers.guidance = twist_->has_pull() ? move.zeta : 0;
            state.shift_scale = move.shift_scale;
        }
        const bool low = numbers.ess < options_.resample_below * n || options_.resample_below >= 1;
        state.resampled = options_.weighted && !last && low;
        numbers.resampled = state.resampled;
        numbers.distinct_parents = state.x.size(0);
        if (state.resampled) {
            numbers.distinct_parents = choose_parents(state, options_.resampling, random);
        }
    }

    Task task_;
    std::shared_ptr<const Twist> twist_;
    GuidedOptions options_;
};

}  // namespace

std::shared_ptr<const Sampler> guided_diffusion(Task task, std::shared_ptr<const Twist> twist, GuidedOptions options) {
    if (options.weighted && !twist->has_density()) {
        throw UserError(
            "'sampler.twist' is tweedie, but with this prior and measurement the twist has no density, which weights "
            "need: choose pigdm or point");
    }
    if (options.weighted && twist->has_pull()) {
        for (int64_t k = 0; k + 1 < task.schedule.steps(); ++k) {
            if (!(options.eta.at_step(k, task.schedule.steps()) > 0)) {
                throw UserError("'sampler.eta' is 0 at step " + std::to_string(k) +
                                ", but weights need noise in every step: keep it above 0, or choose dps");
            }
        }
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
