#include "core/training/trained_sampler.h"

#include "core/chain_state.h"
#include "core/density.h"
#include "core/io/files.h"
#include "core/log_weights.h"
#include "core/posterior_draws.h"
#include "core/publish.h"
#include "core/training/correction.h"
#include "core/training/kept_training.h"
#include "core/training/path_metrics.h"
#include "core/training/streams.h"
#include "core/training/trained_file.h"
#include "core/training/walk.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

namespace drift {
namespace {

/// Exact draws that the upper bound on log Z is a mean over.
constexpr int64_t draws_of_the_target = 512;
/// Particles that a picture of the learned field shows, and that say how good it is where it matters.
constexpr int64_t places_of_a_picture = 256;
constexpr const char* checkpoint_key = "sampler.checkpoint";

class TrainedSampler final : public Sampler {
public:
    TrainedSampler(Task task, Model model, TrainerOptions training, TrainedOptions options)
        : task_(std::move(task)),
          trainer_(std::move(model), std::move(training)),
          options_(std::move(options)),
          origin_(origin_of_training()),
          floor_(floor_of(trainer_.model(), task_)),
          draws_(draws_of_target()),
          probe_(std::make_shared<const CorrectionProbe>(task_, trainer_.model())) {
        if (!options_.weights.empty()) {
            given_ = std::make_shared<const TrainerState>(read_training(place_of(options_.weights), "sampler.weights",
                                                                        trainer_.start(),
                                                                        {origin_.weights, nullptr, origin_.sampler}));
        } else if (!options_.checkpoint.empty()) {
            check_writable(place_of(options_.checkpoint), checkpoint_key);
        } else if (!task_.trainings.empty()) {
            kept_ = KeptTraining(task_.trainings, origin_);
        }
    }

    Traits traits() const override { return {.weighted = true, .learns = true}; }
    int64_t steps() const override { return start_at() + reference().steps(); }
    std::vector<std::string> warnings() const override { return options_.warnings; }

    void init(State& first, int64_t count, const Random& random) const override {
        prepare(first, count);
        first.training = given_ != nullptr ? given_ : begun();
        first.step = 0;
        first.sampled = reports() > 0 ? -1 : 0;
        first.interludes = 0;
        first.learned_enough = first.finished = false;
        first.judged = false;
        first.log_z_base = 0;
        first.moved_families = first.resampled = first.families = first.scattered = false;
        first.warnings.clear();
        first.numbers = {};
        start(first, random);
        TrainingNumbers untold;
        if (reports() == 0 || first.training->told.empty()) {  // else it is told again from the start
            untold.iteration = first.training->iteration;
            untold.seconds = given_ != nullptr ? 0 : first.training->seconds;
        }
        untold.iterations = iterations();
        tell(first, untold);
    }

    void step(const State& now, State& next, const Random& random) const override {
        const at::NoGradGuard no_autograd;
        prepare(next, now.x.size(0));
        carry_over(now, next);
        if (now.sampled >= 0) {
            next.sampled = now.sampled + 1;
            next.finished = next.sampled == reference().steps();
            sample(now, next, random);
        } else if (!now.learned_enough && report_of(next) <= reports()) {
            train(now, next);
        } else {
            next.sampled = 0;
            start(next, random);
            next.numbers.log_z = now.numbers.log_z;
            tell(next, *now.trained);
        }
        next.numbers.sigma = sigma_of(next);
        next.numbers.non_finite = at::isfinite(next.x).flatten(1).all(1).logical_not().sum().item<int64_t>();
    }

    bool sample_now(State& state) const override {
        state.learned_enough = state.sampled < 0;
        return state.learned_enough;
    }

    bool learn_on(State& state) const override {
        if (state.sampled < 0 || report_of(state) - state.sampled - 1 >= reports()) {
            return false;
        }
        state.interludes += state.sampled + 1;
        state.sampled = -1;
        state.learned_enough = state.finished = false;
        return true;
    }

    std::shared_ptr<const CorrectionField> correction_at(const State& state, const Scene& scene) const override {
        const at::NoGradGuard no_autograd;
        // Of a state of the training half way: the samples that are shown have no field any more.
        const int64_t k = state.sampled >= 0 ? state.sampled : reference().steps() / 2;
        if (state.training == nullptr || state.finished || !probe_->knows(k)) {
            return nullptr;
        }
        torch::Tensor places;
        if (state.sampled >= 0) {
            const int64_t stride = std::max<int64_t>(1, state.x.size(0) / places_of_a_picture);
            places = rows_of(state).slice(0, 0, state.x.size(0), stride).clone();  // the state is written to again
        }
        // Holds on to the weights as they are now, not to all that the training carries along.
        const auto policy = std::make_shared<const Policy>(trainer_.policy_of(*state.training));
        const Random showing = stream_of(trainer_.options().seed, 0, TrainingUse::Preview);
        const auto compute = [probe = probe_, policy, k, box = probe_->box(k, scene), places, showing] {
            const at::NoGradGuard none;
            return probe->at(*policy, k, box,
                             places.defined() ? places : probe->particles_at(*policy, k, places_of_a_picture, showing));
        };
        const int64_t weights = policy->count() * static_cast<int64_t>(model().numbers.dtype().itemsize());
        constexpr int64_t shown =
            5 * places_of_a_picture * 2 * static_cast<int64_t>(sizeof(float));  // kept and answered
        return std::make_shared<const CorrectionField>(compute, weights + shown);
    }

    void save_training(const State& state, const std::string& path) const override {
        write_training(path, "", *state.training, origin_);
    }

    int64_t kept_iterations() const override { return given_ != nullptr ? 0 : kept_.iterations(); }

    std::shared_ptr<const Sampler> spared_training(const Sampler& other, const State& state) const override {
        const auto* learned = dynamic_cast<const TrainedSampler*>(&other);
        // Weights from a file may come of any training.
        const bool whole = learned != nullptr && state.training != nullptr && learned->options_.weights.empty() &&
                           (learned->given_ != nullptr || state.training->iteration >= iterations());
        // Data from a file is not told apart by its name alone.
        if (!whole || iterations() == 0 || trainer_.options().batch.data.defined() ||
            learned->trainer_.options().batch.data.defined() || weights_identity() != learned->weights_identity()) {
            return nullptr;
        }
        auto spared = std::make_shared<TrainedSampler>(*this);
        spared->given_ = state.training;
        return spared;
    }

private:
    Origin origin_of_training() const {
        const std::string method = options_.sampler.at("type");
        nlohmann::json weights = identity_of(model(), task_, method);
        nlohmann::json training = identity_of_training(weights, trainer_.options());
        return {std::move(weights), std::move(training), options_.sampler};
    }
    nlohmann::json weights_identity() const { return identity_of_weights(origin_.weights, trainer_.options()); }
    const Model& model() const { return trainer_.model(); }
    const Reference& reference() const { return *model().reference; }
    int64_t iterations() const { return given_ != nullptr ? 0 : trainer_.options().iterations; }
    /// How many states the training has.
    int64_t reports() const { return (iterations() + options_.report_every - 1) / options_.report_every; }
    /// Which state of the training it is; of one of the sampling, as if the training had gone on instead.
    static int64_t report_of(const State& state) { return state.step - state.interludes; }
    /// The state in which sampling starts.
    int64_t start_at() const { return reports() > 0 ? reports() + 1 : 0; }
    /// Previews cost no more than about as much as the training between them.
    bool shows(int64_t step, int64_t count) const {
        const int64_t trained_on = options_.report_every * trainer_.options().batch.batch;
        return step == reports() || step % ((count + trained_on - 1) / trained_on) == 0;
    }

    std::filesystem::path place_of(const std::string& name) const { return std::filesystem::path(task_.folder) / name; }

    std::shared_ptr<const TrainerState> begun() const {
        if (!options_.checkpoint.empty() && std::filesystem::exists(place_of(options_.checkpoint))) {
            return std::make_shared<const TrainerState>(
                read_training(place_of(options_.checkpoint), checkpoint_key, trainer_.start(), origin_));
        }
        if (task_.resume && kept_.iterations() > 0) {
            return std::make_shared<const TrainerState>(kept_.read(trainer_.start()));
        }
        return std::make_shared<const TrainerState>(trainer_.start());
    }

    void prepare(State& state, int64_t count) const {
        std::vector<int64_t> shape = task_.problem.prior->sample_shape();
        shape.insert(shape.begin(), count);
        if (state.x.defined() && state.x.sizes() == shape) {
            return;
        }
        const torch::TensorOptions numbers = task_.options.dtype(torch::kFloat64);
        state.x = torch::empty(shape, task_.options);
        state.log_weights = torch::zeros({count}, numbers);
        state.running = torch::zeros({count}, numbers);
        for (torch::Tensor* indices : {&state.ancestors, &state.parents, &state.eves}) {
            *indices = torch::empty({count}, task_.options.dtype(torch::kInt32));
        }
    }

    void carry_over(const State& now, State& next) const {
        next.step = now.step + 1;
        next.sampled = now.sampled;
        next.interludes = now.interludes;
        next.learned_enough = next.finished = false;
        next.judged = false;
        next.log_z_base = 0;
        next.moved_families = next.resampled = next.families = next.scattered = false;
        next.warnings = now.warnings;
        next.training = now.training;
        next.trained = now.trained;
        next.numbers = {};
        next.numbers.step = next.step;
        next.numbers.denoiser_calls = now.numbers.denoiser_calls;
    }

    torch::Tensor rows_of(const State& state) const { return state.x.view({state.x.size(0), -1}); }

    double sigma_of(const State& state) const {
        return state.sampled >= 0 && !state.finished ? reference().sigma(state.sampled) : 0;
    }

    void start(State& state, const Random& random) const {
        Walk walk = start_walk(model(), state.x.size(0), random);
        rows_of(state).copy_(walk.x);
        state.running.zero_();
        set_equal_weights(state);
        state.numbers.sigma = reference().sigma(0);
    }

    /// What is to be said of the state.
    void tell(State& state, TrainingNumbers numbers) const {
        numbers.sampled = state.sampled;
        numbers.floor = floor_;
        state.trained = std::make_shared<const TrainingNumbers>(numbers);
    }

    void train(const State& now, State& next) const {
        const int64_t until = std::min(iterations(), report_of(next) * options_.report_every);
        const bool end = report_of(next) == reports();
        std::shared_ptr<TrainerState> learned;
        TrainingNumbers trained = *now.trained;
        if (const int64_t missing = until - now.training->iteration; missing > 0) {
            learned = std::make_shared<TrainerState>(now.training->copy());
            const int64_t calls_before = reference().counted();
            trained = trainer_.advance(*learned, missing);
            next.numbers.denoiser_calls += reference().counted() - calls_before;
        } else if (const TrainingNumbers* told = now.training->told_at(until); told != nullptr) {
            trained = *told;  // the policy of then is gone
            trained.iterations = iterations();
        }
        if (learned != nullptr ? shows(report_of(next), next.x.size(0)) : end) {
            show(learned != nullptr ? *learned : *now.training, trained, next);
        } else {
            next.x.copy_(now.x);
            next.log_weights.copy_(now.log_weights);
            keep_weight_numbers(now, next);
        }
        if (end) {
            warn_of_collapse(trained, next);
        }
        tell(next, trained);
        if (learned != nullptr) {
            learned->told.push_back(next.trained);
            next.training = std::move(learned);
            if (!options_.checkpoint.empty()) {
                write_training(place_of(options_.checkpoint), checkpoint_key, *next.training, origin_);
            }
            keep(*now.training, next);
        }
    }

    /// Nobody has asked for it: where it fails, the training goes on, and a warning says so once.
    void keep(const TrainerState& before, State& next) const {
        try {
            kept_.keep(before, *next.training, report_of(next) == reports());
        } catch (const UserError& error) {
            const std::string warning = std::string("The training is not kept on the way: ") + error.what();
            if (std::find(next.warnings.begin(), next.warnings.end(), warning) == next.warnings.end()) {
                next.warnings.push_back(warning);
            }
        }
    }

    static void keep_weight_numbers(const State& now, State& next) {
        next.log_sum = now.log_sum;
        next.judged = now.judged;
        next.numbers.ess = now.numbers.ess;
        next.numbers.perplexity = now.numbers.perplexity;
        next.numbers.max_weight = now.numbers.max_weight;
        next.numbers.eves = next.numbers.distinct_parents = next.x.size(0);
        next.numbers.log_z = now.numbers.log_z;
        next.numbers.log_z_sd = now.numbers.log_z_sd;
    }

    /// Particles of the policy as it is, always of the same noise, so that they move as it learns.
    void show(const TrainerState& training, TrainingNumbers& trained, State& next) const {
        const Random showing = stream_of(trainer_.options().seed, 0, TrainingUse::Preview);
        const Policy policy = trainer_.policy_of(training);
        Walk walk = start_walk(model(), next.x.size(0), showing);
        weigh(to_doubles(finish_walk(model(), policy, showing, walk)), next);
        rows_of(next).copy_(reference().clean(walk.x));
        next.numbers.denoiser_calls += next.x.size(0) * reference().calls();
        describe(policy, next, trained);
    }

    void describe(const Policy& policy, const State& state, TrainingNumbers& trained) const {
        describe_weights(to_doubles(state.log_weights), trained);
        const Random random = stream_of(trainer_.options().seed, 0, TrainingUse::Metrics);
        if (task_.problem.exact != nullptr) {
            describe_modes(task_.problem.exact->posterior, state.x, trained);
        }
        if (draws_.defined()) {
            describe_target(model(), policy, draws_, random, trained);
        }
    }

    torch::Tensor draws_of_target() const {
        const Random random = stream_of(trainer_.options().seed, 0, TrainingUse::Metrics);
        torch::Tensor draws = posterior_draws(task_, draws_of_the_target, random);
        if (!draws.defined() && task_.problem.condition->is_none() && density_of(*task_.problem.prior) != nullptr) {
            draws = model().terminal->prior_draws(draws_of_the_target, random);
        }
        return draws;
    }

    void sample(const State& now, State& next, const Random& random) const {
        const Policy policy = trainer_.policy_of(*now.training);
        const int64_t k = now.sampled;
        Walk from{rows_of(now), now.running, {}};
        if (model().terminal->amortised()) {
            from.observed = model().terminal->given_observed(now.x.size(0));
        }
        Walk to{rows_of(next), next.running, {}};
        step_walk(model(), policy, k, random, from, to);
        next.numbers.tau = std::sqrt(reference().variance(k));
        next.numbers.denoiser_calls += next.x.size(0) * (reference().calls() > 0 ? 1 : 0);
        if (!next.finished) {
            set_equal_weights(next);
            next.numbers.log_z = now.numbers.log_z;  // that of the training, until weights say more
            tell(next, *now.trained);
            return;
        }
        weigh(to_doubles(log_weights_of(model(), to)), next);
        rows_of(next).copy_(reference().clean(to.x));
        TrainingNumbers trained = *now.trained;
        describe(policy, next, trained);
        if (iterations() == 0) {  // no training has said so: the weights come from a file, or from before
            warn_of_collapse(trained, next);
        }
        tell(next, trained);
    }

    static void warn_of_collapse(const TrainingNumbers& trained, State& state) {
        const std::vector<std::string> warnings = collapse_warnings(trained);
        state.warnings.insert(state.warnings.end(), warnings.begin(), warnings.end());
    }

    /// Importance weights, and what they say.
    static void weigh(const std::vector<double>& log_w, State& state) {
        const auto n = static_cast<double>(log_w.size());
        const kernels::WeightSummary summary = summarised(log_w);
        if (summary.positive == 0) {
            throw RunError("step " + std::to_string(state.step) +
                           " left no particle with a weight: the policy has diverged; lower 'learning_rate'");
        }
        state.log_weights.copy_(torch::tensor(log_w, torch::kFloat64));
        if (summary.not_a_number > 0) {
            const double none = -std::numeric_limits<double>::infinity();
            state.log_weights.nan_to_num_(none, none, none);
        }
        state.log_sum = summary.log_sum;
        state.judged = true;
        state.numbers.ess = summary.ess;
        state.numbers.max_weight = summary.max_weight;
        state.numbers.perplexity = summary.perplexity;
        state.numbers.eves = state.numbers.distinct_parents = state.x.size(0);
        state.numbers.log_z = summary.log_sum - std::log(n);
        const double squares = 1 / summary.ess;
        state.numbers.log_z_sd = n > 1 ? std::sqrt(std::max(0.0, squares - 1 / n) * n / (n - 1)) : 0;
    }

    Task task_;
    Trainer trainer_;
    TrainedOptions options_;
    Origin origin_;
    double floor_;
    torch::Tensor draws_;  // exact ones of the target, the same at every report; undefined where there are none
    KeptTraining kept_;
    std::shared_ptr<const CorrectionProbe> probe_;
    std::shared_ptr<const TrainerState> given_;  // weights that are used as they are, or null
};

}  // namespace

std::shared_ptr<const Sampler> trained_sampler(Task task, Model model, TrainerOptions training,
                                               TrainedOptions options) {
    return std::make_shared<const TrainedSampler>(std::move(task), std::move(model), std::move(training),
                                                  std::move(options));
}

}  // namespace drift
