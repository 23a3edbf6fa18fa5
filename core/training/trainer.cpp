#include "core/training/trainer.h"

#include "core/publish.h"
#include "core/text.h"
#include "core/training/adam.h"
#include "core/training/flow.h"
#include "core/training/numbers_of_batch.h"
#include "core/training/pathwise.h"
#include "core/training/pieces.h"
#include "core/training/streams.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

namespace drift {
namespace {

using Clock = std::chrono::steady_clock;

/// Iterations between two copies of good weights.
constexpr int64_t good_every = 20;

double norm_of(const torch::Tensor& gradient) {
    double norm = 0;
    alone([&] { norm = std::sqrt(gradient.to(torch::kFloat64).square().sum().item<double>()); });
    return norm;
}

/// Steps whose gradient is taken, in order.
std::vector<int64_t> drawn_steps(int64_t steps, double share, const Random& random) {
    std::vector<int64_t> all(static_cast<size_t>(steps));
    std::iota(all.begin(), all.end(), int64_t{0});
    const auto wanted = std::max<int64_t>(1, std::llround(share * static_cast<double>(steps)));
    if (wanted < steps) {
        const std::vector<double> at = uniforms(random, steps);
        std::ranges::sort(all, {}, [&](int64_t k) { return at[static_cast<size_t>(k)]; });
        all.resize(static_cast<size_t>(wanted));
        std::ranges::sort(all);
    }
    return all;
}

/// With the floor, which keeps hopeless trajectories from ruling the batch.
torch::Tensor terminal_log_w(const Trajectories& batch, double beta, double floor) {
    torch::Tensor log_r = batch.value.log_r * beta;
    if (floor > 0) {
        const double largest = log_r.max().item<double>();
        log_r = std::isfinite(largest) ? log_r.clamp_min(largest - floor) : log_r;
    }
    return batch.value.base + log_r;
}

void step_weights(const AdamStep& step, double average, const torch::Tensor& gradient, LearnedWeights& learned) {
    adam_step(step, gradient, learned.weights, learned.first_moment, learned.second_moment);
    learned.average.lerp_(learned.weights, 1 - kept_of_average(average, step.number));
}

}  // namespace

LearnedWeights LearnedWeights::from(const torch::Tensor& initial) {
    return {initial.clone(), initial.clone(), torch::zeros_like(initial), torch::zeros_like(initial)};
}

LearnedWeights LearnedWeights::copy() const {
    return defined() ? LearnedWeights{weights.clone(), average.clone(), first_moment.clone(), second_moment.clone()}
                     : LearnedWeights{};
}

TrainerState TrainerState::copy() const {
    TrainerState other = *this;
    other.policy = policy.copy();
    other.flow = flow.copy();
    other.good = good.copy();
    other.log_z = log_z.copy();
    other.buffer = buffer.copy();
    other.local = local.copy();
    return other;
}

const TrainingNumbers* TrainerState::told_at(int64_t at) const {
    const auto after = std::upper_bound(told.begin(), told.end(), at,
                                        [](int64_t i, const auto& numbers) { return i < numbers->iteration; });
    return after == told.begin() ? nullptr : std::prev(after)->get();
}

/// What one batch leads to.
struct Trainer::Outcome {
    TrainingNumbers numbers;
    torch::Tensor gradient;       // of the policy
    torch::Tensor flow_gradient;  // likewise, of F
    double at_log_z = 0;
};

/// What the curves say at one iteration.
struct Trainer::Rates {
    double beta, exploration, clip, floor;
    double policy, flow, log_z;  // learning rates
};

Trainer::Trainer(Model model, TrainerOptions options) : model_(std::move(model)), options_(std::move(options)) {
    check_that_there_are_sources();
    if (share_of(TrajectorySource::LocalSearch) > 0 && model_.terminal->target() == nullptr) {
        throw UserError(
            "'sampler.sources.local_search' is above 0, which needs the density of the prior, but this prior has none "
            "in closed form: set it to 0");
    }
    if (share_of(TrajectorySource::Data) > 0 && !options_.batch.data.defined()) {
        throw UserError("'sampler.sources.data' is above 0, but 'sampler.data' names no file of samples");
    }
    flow_config_ = flow_network(model_);
}

void Trainer::check_that_there_are_sources() const {
    if (!shares_decide() || std::ranges::any_of(options_.batch.shares, [](double share) { return share > 0; })) {
        return;
    }
    std::vector<std::string> names;
    for (int64_t i = 0; i < trajectory_sources; ++i) {
        names.push_back(to_string(static_cast<TrajectorySource>(i)));
    }
    throw UserError("'sampler.sources' gives no source a share, so that there is nothing to learn from: set one of " +
                    joined(names) + " above 0");
}

bool Trainer::shares_decide() const {
    return mixes_sources(options_.loss) && !model_.terminal->amortised();
}

/// 0 where something else decides what a batch is made of.
double Trainer::share_of(TrajectorySource source) const {
    return shares_decide() ? options_.batch.shares.at(static_cast<size_t>(source)) : 0;
}

Trainer::Rates Trainer::rates_at(int64_t iteration) const {
    const double u = static_cast<double>(iteration) / static_cast<double>(std::max<int64_t>(options_.iterations, 1));
    return {options_.beta.at(u),          options_.exploration.at(u), options_.clip.at(u),      options_.floor.at(u),
            options_.learning_rate.at(u), options_.flow_rate.at(u),   options_.log_z_rate.at(u)};
}

TrainerState Trainer::start() const {
    TrainerState state;
    const uint64_t seed = stream_of(options_.seed, 0, TrainingUse::Weights).seed;
    state.policy = LearnedWeights::from(Policy(model_.reference, model_.policy, model_.numbers).initial_values(seed));
    state.good = state.policy.copy();
    if (learns_flow(options_.loss)) {
        state.flow =
            LearnedWeights::from(TimeNet(flow_config_).parameters().initial_values(seed + 1).to(model_.numbers));
    }
    state.log_z = LearnedWeights::from(torch::zeros({1}, torch::kFloat64));
    state.buffer.capacity = options_.buffer;
    state.local.capacity = options_.local_buffer;
    state.buffer.width = state.local.width = model_.reference->dimension();
    state.search.step_size = options_.search_step;
    return state;
}

Policy Trainer::policy_of(const TrainerState& state) const {
    Policy policy(model_.reference, model_.policy, model_.numbers);
    policy.bind(options_.average > 0 ? state.policy.average : state.policy.weights);
    return policy;
}

Trajectories Trainer::batch_for(TrainerState& state, const Policy& policy, const BatchPlace& place) const {
    BatchOptions options = options_.batch;
    options.only = only_source(options_.loss);
    options.keep = keeps_answers();
    return model_.terminal->amortised() ? draw_amortised_batch(model_, policy, options, place)
                                        : draw_batch(model_, policy, options, place, state.buffer, state.local);
}

/// Whether the gradient wants what the policy says at every step.
bool Trainer::keeps_answers() const {
    return learns_by_residuals(options_.loss) && options_.step_share >= 1;
}

Trainer::Outcome Trainer::learn_pathwise(const Policy& policy, const Trajectories& batch, double beta) const {
    const PathwiseResult result = options_.loss == LossKind::ReverseKl ? reverse_kl(model_, policy, batch, beta)
                                                                       : adjoint_matching(model_, policy, batch, beta);
    Outcome outcome;
    outcome.gradient = result.gradient;
    LossInput input;
    input.log_ratio = result.log_ratio.unsqueeze(0);
    input.log_w = batch.value.log_w(beta);
    input.group = options_.batch.group;
    describe_residuals(loss_of(LossKind::VarGrad, input), batch, outcome.numbers);  // from their own mean
    outcome.numbers.loss = result.loss;
    return outcome;
}

Trainer::Outcome Trainer::learn_by_residuals(const TrainerState& state, const Policy& policy, const Trajectories& batch,
                                             const Rates& rates) const {
    const bool all_steps = keeps_answers();
    Scored scored = score(model_, policy, batch, all_steps);
    LossInput input;
    input.log_ratio = scored.log_ratio.to(torch::kCPU);
    input.log_w = terminal_log_w(batch, rates.beta, rates.floor);
    input.log_z = state.log_z.weights.item<double>();
    input.group = options_.batch.group;
    input.lambda = options_.lambda;
    input.dead_zone = options_.dead_zone;
    std::optional<Flow> flow;
    if (learns_flow(options_.loss)) {
        flow.emplace(model_, flow_config_, state.flow.weights);
        input.flow = flow->at(batch) + input.log_z;
    }
    const LossOutput loss = loss_of(options_.loss, input);
    Outcome outcome;
    outcome.numbers.loss = loss.loss;
    outcome.at_log_z = loss.at_log_z;
    if (flow) {
        outcome.flow_gradient = flow->gradient(loss.flow);
        alone([&] { outcome.at_log_z = loss.flow.sum().item<double>(); });  // F between moves along with log Z
    }
    std::vector<Answers> answers = std::move(scored.answers);
    torch::Tensor weights = loss.step;
    if (!all_steps) {
        const Random random = stream_of(options_.seed, state.iteration, TrainingUse::Steps);
        const std::vector<int64_t> steps = drawn_steps(batch.steps(), options_.step_share, random);
        answers = answers_at(model_, policy, batch, steps);
        weights = weights * (static_cast<double>(batch.steps()) / static_cast<double>(steps.size()));
    }
    outcome.gradient = gradient_of(policy, answers, weighted_log_q(policy, batch, weights.to(batch.x.device())));
    describe_residuals(loss, batch, outcome.numbers);
    return outcome;
}

void Trainer::search(TrainerState& state, double beta) const {
    if (!(share_of(TrajectorySource::LocalSearch) > 0) || state.iteration % options_.search_every != 0 ||
        state.buffer.empty()) {
        return;
    }
    const Random random = stream_of(options_.seed, state.iteration, TrainingUse::LocalMoves);
    const std::vector<int64_t> from =
        draw_from(state.buffer, options_.batch.priority, beta, options_.search.chains, random);
    const torch::Tensor start = state.buffer.x.index_select(0, torch::tensor(from, torch::kInt64));
    local_search(*model_.terminal, options_.search, beta, start, model_.numbers, random, state.search, state.local);
}

void Trainer::restore(TrainerState& state) const {
    state.policy = state.good.copy();
    state.policy.first_moment.zero_();
    state.policy.second_moment.zero_();
    state.updates = 0;
    state.rate_factor *= 0.5;
    ++state.restored;
}

void Trainer::update(TrainerState& state, Outcome& outcome, const Rates& rates) const {
    const double norm = norm_of(outcome.gradient);
    outcome.numbers.gradient_norm = norm;
    if (!std::isfinite(norm) || !std::isfinite(outcome.numbers.loss) || !std::isfinite(outcome.at_log_z)) {
        restore(state);  // one such batch would make weights and moments useless
        return;
    }
    if (state.updates % good_every == 0) {
        state.good = state.policy.copy();  // they have just been found to be finite
    }
    const auto clipped = [&](const torch::Tensor& gradient, double of) {
        return rates.clip > 0 && of > rates.clip ? gradient * (rates.clip / of) : gradient;
    };
    const AdamStep step{.rate = rates.policy * state.rate_factor, .number = ++state.updates};
    step_weights(step, options_.average, clipped(outcome.gradient, norm), state.policy);
    if (outcome.flow_gradient.defined()) {
        AdamStep of_flow = step;
        of_flow.rate = rates.flow * state.rate_factor;
        step_weights(of_flow, 0, clipped(outcome.flow_gradient, norm_of(outcome.flow_gradient)), state.flow);
    }
    if (learns_log_z(options_.loss)) {
        AdamStep of_log_z = step;
        of_log_z.rate = rates.log_z;
        step_weights(of_log_z, 0, torch::full({1}, outcome.at_log_z, torch::kFloat64), state.log_z);
    }
}

Trainer::Outcome Trainer::iterate(TrainerState& state) const {
    const Rates rates = rates_at(state.iteration);
    search(state, rates.beta);
    Policy policy(model_.reference, model_.policy, model_.numbers);
    policy.bind(state.policy.weights);
    const BatchPlace place{options_.seed, state.iteration, rates.beta, rates.exploration};
    const Trajectories batch = batch_for(state, policy, place);
    Outcome outcome = learns_by_residuals(options_.loss) ? learn_by_residuals(state, policy, batch, rates)
                                                         : learn_pathwise(policy, batch, rates.beta);
    for (const TrajectorySource source : batch.source) {
        ++outcome.numbers.source_count.at(static_cast<size_t>(source));
    }
    outcome.numbers.learning_rate = rates.policy * state.rate_factor;
    outcome.numbers.beta = rates.beta;
    outcome.numbers.exploration = place.exploration;
    update(state, outcome, rates);
    if (learns_log_z(options_.loss)) {
        outcome.numbers.learned_log_z = state.log_z.weights.item<double>();
    }
    ++state.iteration;
    return outcome;
}

TrainingNumbers Trainer::advance(TrainerState& state, int64_t count) const {
    const at::NoGradGuard no_autograd;
    const Clock::time_point start = Clock::now();
    MeanNumbers mean;
    for (int64_t i = 0; i < count; ++i) {
        mean.add(iterate(state).numbers);
    }
    state.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    TrainingNumbers numbers = mean.result();
    numbers.iteration = state.iteration;
    numbers.iterations = options_.iterations;
    numbers.buffer = state.buffer.count;
    numbers.local_buffer = state.local.count;
    numbers.in_buffer = describe_buffer(state.buffer, numbers.beta, options_.batch.batch);
    numbers.in_local_buffer = describe_buffer(state.local, numbers.beta, options_.batch.batch);
    numbers.restored = state.restored;
    numbers.seconds = state.seconds;
    if (!state.local.empty()) {
        numbers.acceptance = state.search.acceptance;
        numbers.step_size = state.search.step_size;
    }
    return numbers;
}

}  // namespace drift
