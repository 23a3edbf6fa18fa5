#include "core/run.h"

#include "core/measure.h"
#include "core/needs_linear.h"
#include "core/noise_view.h"
#include "core/outcomes.h"
#include "core/outsourced.h"
#include "core/problem_key.h"
#include "core/publish.h"
#include "core/run_memory.h"
#include "core/torch_error.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace drift {
namespace {

using Clock = std::chrono::steady_clock;

torch::TensorOptions tensor_options(const RunOptions& options) {
    if (options.device == Device::Cuda && !at::hasCUDA()) {
        throw UserError("'device' is cuda, but this build or machine has no CUDA device; choose cpu");
    }
    return torch::TensorOptions()
        .dtype(options.precision == Precision::Float64 ? torch::kFloat64 : torch::kFloat32)
        .device(options.device == Device::Cuda ? torch::kCUDA : torch::kCPU);
}

void check_counts(const Scenario& scenario) {
    if (scenario.particles < 1 || scenario.particles > max_particles) {
        throw UserError("'particles' is " + std::to_string(scenario.particles) + ", but must be between 1 and " +
                        std::to_string(max_particles));
    }
}

double power_of(const Choice& sampler) {
    const Item& item = item_at(Kind::Sampler, sampler.type);
    return item.power ? item.power(sampler.params) : 1;
}

Task task_of(const Scenario& scenario, const Schedule& schedule, const torch::TensorOptions& tensors,
             const RunOptions& options) {
    const MakeContext context{tensors, scenario.folder, scenario.seed};
    Task task{make_problem(scenario.prior, scenario.condition, context, power_of(scenario.sampler)), schedule,
              context.options};
    task.folder = scenario.folder;
    task.seed = scenario.seed;
    task.fingerprint = problem_key(scenario);
    task.trainings = options.trainings;
    task.resume = options.resume;
    return in_space(std::move(task), space_of(scenario.sampler.params));
}

Task make_task(const Scenario& scenario, const RunOptions& options) {
    check_counts(scenario);
    check_memory_of_training(scenario, tensor_options(options).device());
    return task_of(scenario, walks_noise(scenario) ? make_schedule(scenario.schedule) : Schedule{{0.0}},
                   tensor_options(options), options);
}

/// A state of noise space as one of data space, for what is measured there: the clean samples that it stands for.
State in_data_space(const State& state, const Decoder& decoder) {
    State seen = state;
    seen.x = decoder.decode(shown_noise(state));
    seen.numbers.sigma = 0;
    return seen;
}

/// Says so where it is the map from noise that took away the linear measurement that a method needs.
std::shared_ptr<const Sampler> make_sampler(const Choice& choice, const Task& task) {
    try {
        return make<Sampler>(choice, task);
    } catch (const NeedsLinear& error) {
        if (task.decoder == nullptr || task.data_problem->condition->linear() == nullptr) {
            throw;
        }
        const bool both = choice.params.at("space").options.size() > 1 && task.data_problem->prior->has_denoiser();
        throw UserError(std::string(error.what()) +
                        ". 'sampler.space' is noise, where a measurement is linear only through a linear map" +
                        (both ? "; data is accepted, too" : ""));
    }
}

/// `scene` with these; everything else, such as a decoded grid, depends on no live parameter of a method.
std::shared_ptr<const Scene> refreshed(std::shared_ptr<const Scene> scene, std::optional<double> log_z_of_steps,
                                       std::vector<double> amplification, std::vector<std::string> warnings) {
    if (scene->discretised_log_z == log_z_of_steps && scene->amplification == amplification &&
        scene->warnings == warnings) {
        return scene;  // it may be large: no copy for nothing
    }
    const auto changed = std::make_shared<Scene>(*scene);
    changed->discretised_log_z = log_z_of_steps;
    changed->amplification = std::move(amplification);
    changed->warnings = std::move(warnings);
    return changed;
}

/// The error bar of log Z is itself an estimate, from as many numbers as there are families (guidance.md 2.5).
void warn_of_few_families(State& last) {
    constexpr double enough = 20;
    const double families = last.numbers.genealogical_ess;
    if (families < std::min(enough, 0.5 * static_cast<double>(last.x.size(0)))) {
        last.warnings.push_back("The result rests on the descendants of effectively " +
                                shown(std::round(families * 10) / 10) + " of " + std::to_string(last.x.size(0)) +
                                " first particles: log Z may be far off, and its error bar is too small");
    }
}

}  // namespace

struct Run::Impl {
    Impl(const Scenario& given, RunOptions how)
        : scenario(given), options(how), task(make_task(given, how)), sampler(make_sampler(given.sampler, task)) {
        check_memory(scenario, task);
        measure = StateMeasure(task);
        scene = make_scene(task, *sampler);
    }

    const State& newest() const { return states.at(static_cast<size_t>(at % 2)); }
    State& newest() { return states.at(static_cast<size_t>(at % 2)); }

    Scenario scenario;
    RunOptions options;
    Task task;
    std::shared_ptr<const Sampler> sampler;
    std::shared_ptr<const Scene> scene;
    StateMeasure measure;
    std::array<State, 2> states;  // the newest and the one before, whose memory goes from one to the other
    int64_t at = -1;              // step of the newest state
    double seconds = 0;
    bool edited = false;
    bool steps_edited = false;  // their noise changed on the way: they are those of no one model
};

Run::Run(const Scenario& scenario, RunOptions options) {
    try {
        impl_ = std::make_unique<Impl>(scenario, options);
    } catch (const c10::Error& error) {
        throw UserError("this scenario cannot be set up: " + torch_sentence(error));
    }
}
Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

std::shared_ptr<const Scene> Run::scene() const {
    return impl_->scene;
}
const Scenario& Run::scenario() const {
    return impl_->scenario;
}
bool Run::finished() const {
    if (impl_->at < 0) {
        return false;
    }
    const bool may_be_cut_short = impl_->sampler->traits().learns;  // and then takes more steps than it has
    return impl_->newest().finished || (impl_->at == impl_->sampler->steps() && !may_be_cut_short);
}
int64_t Run::steps() const {
    return finished() ? impl_->at : std::max(impl_->sampler->steps(), impl_->at);
}

bool Run::sample_now() {
    return impl_->at >= 0 && impl_->sampler->sample_now(impl_->newest());
}
bool Run::learn_on() {
    return impl_->at >= 0 && impl_->sampler->learn_on(impl_->newest());
}

std::vector<std::string> Run::warnings() const {
    return impl_->at >= 0 ? impl_->newest().warnings : std::vector<std::string>{};
}

double Run::expected_seconds() const {
    const auto done = static_cast<double>(impl_->at + 1);
    return done > 0 ? impl_->seconds / done * static_cast<double>(steps() + 1) : 0;
}

FramePtr Run::advance() {
    TORCH_CHECK(!finished(), "a finished run has no next state");
    const torch::NoGradGuard no_autograd;
    Impl& impl = *impl_;
    const Random random{impl.scenario.seed};
    const Clock::time_point start = Clock::now();
    State& next = impl.states.at(static_cast<size_t>((impl.at + 1) % 2));
    const int64_t map_calls_before = map_calls(impl.task);
    try {
        if (impl.at < 0) {
            impl.sampler->init(next, impl.scenario.particles, random);
        } else {
            impl.sampler->step(impl.newest(), next, random);
        }
    } catch (const UserError&) {
        throw;
    } catch (const RunError&) {
        throw;
    } catch (const std::exception& error) {  // not only LibTorch's own: a TorchScript file has others
        throw RunError("step " + std::to_string(impl.at + 1) + " failed: " + torch_sentence(error));
    }
    ++impl.at;
    impl.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    next.numbers.seconds = impl.seconds;
    next.numbers.denoiser_calls += map_calls(impl.task) - map_calls_before;
    impl.measure.complete(next);
    if (const Traits traits = impl.sampler->traits(); finished() && traits.weighted && !traits.learns) {
        warn_of_few_families(next);
    }
    const Decoder* decoder = impl.task.decoder.get();
    const std::shared_ptr<Frame> frame = make_frame(next, impl.sampler->traits(), impl.options.frames,
                                                    std::exchange(impl.edited, false), finished(), decoder);
    if (impl.options.field && decoder == nullptr) {  // the exact field is known in data space
        add_field(*impl.sampler, next, *impl.scene, *frame);
    }
    if (impl.options.field && impl.sampler->traits().learns) {
        frame->correction = impl.sampler->correction_at(next, *impl.scene);
    }
    next.numbers = frame->numbers;
    return frame;
}

void Run::adjust(const Scenario& scenario) {
    if (!only_live_changes(impl_->scenario, scenario)) {
        throw UserError("this change needs a new run");
    }
    Task task = impl_->task;
    const bool kept =
        same_problem(scenario, impl_->scenario) && power_of(scenario.sampler) == power_of(impl_->scenario.sampler);
    if (!kept) {
        task = task_of(scenario, task.schedule, task.options, impl_->options);
    }
    task.folder = scenario.folder;  // saved elsewhere, the same problem names its files from there
    std::shared_ptr<const Sampler> sampler = make_sampler(scenario.sampler, task);
    const bool same_steps = sampler->etas() == impl_->sampler->etas();
    impl_->steps_edited = impl_->steps_edited || (!same_steps && impl_->at > 0);
    const std::shared_ptr<const Scene> scene = kept ? impl_->scene : make_scene(task, *sampler);
    std::optional<double> log_z_of_steps = scene->discretised_log_z;
    if (impl_->steps_edited) {
        log_z_of_steps.reset();
    } else if (!same_steps) {
        log_z_of_steps = known_log_z_of_steps(task, *sampler);
    }
    impl_->scene = refreshed(scene, log_z_of_steps, sampler->amplifications(), warnings_about(task, *sampler));
    if (!kept) {
        impl_->measure = StateMeasure(task);
    }
    impl_->sampler = std::move(sampler);
    impl_->task = std::move(task);
    impl_->edited = impl_->edited || !same_values(impl_->scenario, scenario);
    impl_->scenario = scenario;
}

Samples Run::samples() const {
    const torch::NoGradGuard no_autograd;
    const State& state = impl_->newest();
    const Decoder* decoder = impl_->task.decoder.get();
    const torch::Tensor z = decoder == nullptr ? torch::Tensor{} : shown_noise(state);
    const torch::Tensor x = decoder == nullptr ? state.x : decoder->decode(z);
    Samples samples{x.sizes().vec(), to_floats(x), to_doubles(normalised_log_weights(state)), {}, {}};
    if (decoder != nullptr) {
        samples.latent_shape = z.sizes().vec();
        samples.latents = to_floats(z);
    }
    return samples;
}

void Run::spare_training(const Run& before) {
    if (impl_->at >= 0 || before.impl_->at < 0 || impl_->options.resume) {
        return;
    }
    if (auto spared = impl_->sampler->spared_training(*before.impl_->sampler, before.impl_->newest())) {
        impl_->sampler = std::move(spared);
        impl_->scene = make_scene(impl_->task, *impl_->sampler);
    }
}

void Run::save_training(const std::string& path) const {
    impl_->sampler->save_training(impl_->newest(), path);
}

Summary Run::summary(const std::function<bool()>& cancelled) const {
    const torch::NoGradGuard no_autograd;
    const Task& task = impl_->task;
    State state = impl_->newest();
    if (task.decoder != nullptr) {
        state = in_data_space(state, *task.decoder);
    }
    Summary summary = drift::measure(task, impl_->sampler->traits(), *impl_->scene, state, cancelled);
    if (impl_->options.outcomes && !(cancelled && cancelled())) {
        add_outcomes(task, state, summary);
    }
    summary.seed = impl_->scenario.seed;
    return summary;
}

}  // namespace drift
