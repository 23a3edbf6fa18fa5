#include "core/training/fit_loop.h"

#include "core/array_file.h"
#include "core/error.h"
#include "core/text.h"
#include "core/training/adam.h"
#include "core/training/single_plan.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace drift {
namespace {

using nlohmann::json;

constexpr const char* checkpoint_format = "driftscope-checkpoint";
constexpr const char* out_key = "--out";  // the weights, with the checkpoint beside them
constexpr double beta2 = 0.99;
constexpr double report_seconds = 10;

/// A generator whose numbers depend on seed and iteration alone.
at::Generator generator_at(uint64_t seed, int64_t iteration) {
    // splitmix64 of the pair: neighbouring iterations get unrelated streams
    uint64_t mixed = seed * 0x9E3779B97F4A7C15U + static_cast<uint64_t>(iteration) + 1;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return at::make_generator<at::CPUGeneratorImpl>(mixed ^ (mixed >> 31U));
}

double learning_rate_at(const FitSettings& settings, int64_t iteration) {
    const auto done = static_cast<double>(iteration);
    const auto all = static_cast<double>(settings.iterations);
    const double rise = (done + 1) / static_cast<double>(std::max<int64_t>(settings.warm_up, 1));
    const double fall = (all - done) / std::max(all * (1 - settings.descent_from), 1.0);
    return settings.learning_rate * std::min({rise, fall, 1.0});
}

/// Whether it could: nothing is learned from a gradient that is not finite.
bool learn(const FitSettings& settings, FitState& state, torch::Tensor gradient) {
    const double norm = gradient.norm().item<double>();
    if (!std::isfinite(norm)) {
        return false;  // one such batch would make weights, moments and the next checkpoint useless
    }
    if (norm > settings.clip) {
        gradient.mul_(settings.clip / norm);
    }
    const int64_t number = state.iteration + 1;
    adam_step(AdamStep{learning_rate_at(settings, state.iteration), number, settings.beta1, beta2}, gradient,
              state.weights, state.first_moment, state.second_moment);
    state.average.lerp_(state.weights, 1 - kept_of_average(settings.average, number));
    return true;
}

double measure(FitTask& task, const FitState& state) {
    at::NoGradGuard no_gradients;
    task.parameters(0).bind(state.average.clone());
    return task.validation_loss();
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A value as it is written, for a message.
std::string shortened(const json& value) {
    return in_quotes(value.dump(-1, ' ', true, json::error_handler_t::replace));
}

json identity(const json& description, uint64_t seed) {
    return {{"task", description}, {"seed", seed}};
}

[[noreturn]] void refuse_checkpoint(const ArrayFile& file, const std::string& why) {
    file.refuse(why + "; remove it or choose another --out");
}

const json& value_of(const ArrayFile& file, const std::string& key) {
    const auto found = file.header.find(key);
    if (found == file.header.end()) {
        refuse_checkpoint(file, "has no '" + key + "' in its header");
    }
    return *found;
}

int64_t iteration_of(const ArrayFile& file) {
    const json& value = value_of(file, "iteration");
    const bool whole = value.is_number_unsigned() &&
                       value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (!whole) {
        refuse_checkpoint(
            file, "has an 'iteration' that is " + shortened(value) + " where a whole number from 0 is accepted");
    }
    return value.get<int64_t>();
}

double seconds_of(const ArrayFile& file) {
    const json& value = value_of(file, "seconds");
    if (!value.is_number() || !(value.get<double>() >= 0)) {
        refuse_checkpoint(file, "has 'seconds' that are " + shortened(value) + " where a number from 0 is accepted");
    }
    return value.get<double>();
}

/// One of the arrays of a state, a number for each parameter.
torch::Tensor numbers_of(const ArrayFile& file, const std::string& name, int64_t count) {
    const torch::Tensor& values = file.at(name);
    if (values.scalar_type() != torch::kFloat32 || values.dim() != 1 || values.size(0) != count) {
        std::string shape;
        for (const int64_t extent : values.sizes()) {
            shape += (shape.empty() ? "" : ", ") + std::to_string(extent);
        }
        refuse_checkpoint(file, "has an array '" + name + "' of " +
                                    (values.scalar_type() == torch::kFloat32 ? "float32 [" : "float16 [") + shape +
                                    "] where float32 [" + std::to_string(count) + "] is accepted");
    }
    return values;
}

}  // namespace

FitState start_fit(const ParameterStore& parameters, uint64_t seed) {
    FitState state;
    state.weights = parameters.initial_values(seed);
    state.average = state.weights.clone();
    state.first_moment = torch::zeros_like(state.weights);
    state.second_moment = torch::zeros_like(state.weights);
    return state;
}

double fit_step(FitTask& task, const FitSettings& settings, FitState& state) {
    const int64_t parts = task.parts();
    at::Generator generator = generator_at(settings.seed, state.iteration);
    const FitBatch batch = task.draw(generator);
    const int64_t rows = batch.front().size(0) / parts;
    const torch::Tensor weights = task.half_precision() ? state.weights.to(torch::kBFloat16) : state.weights.clone();
    std::vector<torch::Tensor> gradients(parts);
    std::vector<double> losses(parts);
    // A part per thread meets the others once a step; threads inside each operation meet a hundred times, which on a
    // machine that does other things as well costs more than half of the time.
    // A loop of one would not be parallel, and share its sums out among the threads, so that they depend on their
    // number.
    at::parallel_for(0, std::max<int64_t>(parts, 2), 1, [&](int64_t first, int64_t last) {
        at::AutoGradMode with_gradients(true);
        const SinglePlan plan;
        for (int64_t part = first; part < std::min(last, parts); ++part) {
            FitBatch own;
            for (const torch::Tensor& rows_of : batch) {
                own.push_back(rows_of.narrow(0, part * rows, rows));
            }
            ParameterStore& parameters = task.parameters(part);
            parameters.bind(weights);
            gradients[part] = parameters.collect_gradients();
            const torch::Tensor loss = task.loss(part, own);
            loss.backward();
            losses[part] = loss.item<double>();
        }
    });
    at::NoGradGuard no_gradients;
    double value = std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(parts);
    if (std::isfinite(value)) {
        torch::Tensor gradient = torch::zeros_like(state.weights);
        for (const torch::Tensor& part : gradients) {
            gradient.add_(part, 1.0 / static_cast<double>(parts));
        }
        value = learn(settings, state, gradient) ? value : std::numeric_limits<double>::quiet_NaN();
    }
    ++state.iteration;
    return value;
}

FitState read_checkpoint(const std::filesystem::path& path, int64_t count, const json& description, uint64_t seed) {
    const ArrayFile file = read_array_file(path, checkpoint_format, out_key);
    if (value_of(file, "identity") != identity(description, seed)) {
        refuse_checkpoint(file, "is the checkpoint of another fit, data set or seed");
    }
    FitState state;
    state.weights = numbers_of(file, "weights", count);
    state.average = numbers_of(file, "average", count);
    state.first_moment = numbers_of(file, "first_moment", count);
    state.second_moment = numbers_of(file, "second_moment", count);
    state.iteration = iteration_of(file);
    state.seconds = seconds_of(file);
    return state;
}

void write_checkpoint(const std::filesystem::path& path, const FitState& state, const json& description,
                      uint64_t seed) {
    ArrayFile file;
    file.header = {{"format", checkpoint_format},
                   {"identity", identity(description, seed)},
                   {"iteration", state.iteration},
                   {"seconds", state.seconds}};
    file.arrays = {{"weights", state.weights},
                   {"average", state.average},
                   {"first_moment", state.first_moment},
                   {"second_moment", state.second_moment}};
    write_array_file(path, file, out_key);
}

void write_weights(const std::filesystem::path& path, const FitState& state, const ParameterStore& parameters,
                   const json& description) {
    ArrayFile file;
    file.header = description;
    file.header["format"] = weights_format;
    file.header["iteration"] = state.iteration;
    const torch::Tensor half = state.average.to(torch::kFloat16);
    for (const ParameterEntry& entry : parameters.entries()) {
        file.arrays.push_back({entry.name, half.narrow(0, entry.offset, entry.count).view(entry.stored_shape())});
    }
    write_array_file(path, file, out_key);
}

FitResult run_fit(FitTask& task, const FitSettings& settings, const std::filesystem::path& out,
                  const FitProgressCallback& report) {
    using clock = std::chrono::steady_clock;
    const json description = task.description();
    std::filesystem::path checkpoint = out;
    checkpoint += ".checkpoint";
    const ParameterStore& parameters = task.parameters(0);
    FitState state = std::filesystem::exists(checkpoint)
                         ? read_checkpoint(checkpoint, parameters.count(), description, settings.seed)
                         : start_fit(parameters, settings.seed);
    const auto save = [&] {
        write_checkpoint(checkpoint, state, description, settings.seed);
        write_weights(out, state, parameters, description);
    };
    const auto start = clock::now();
    const double seconds_before = state.seconds;
    const int64_t first_iteration = state.iteration;
    auto reported = start;
    auto saved = start;
    double loss_sum = 0;
    int64_t since_report = 0;
    FitProgress progress;
    progress.iterations = settings.iterations;
    progress.validation_loss = std::numeric_limits<double>::quiet_NaN();
    const auto time_is_up = [&] { return settings.hours > 0 && seconds_since(start) > settings.hours * 3600; };
    while (state.iteration < settings.iterations && !time_is_up()) {
        loss_sum += fit_step(task, settings, state);
        ++since_report;
        state.seconds = seconds_before + seconds_since(start);
        const bool last = state.iteration == settings.iterations;
        progress.validated = last || state.iteration % settings.validate_every == 0;
        if (progress.validated) {
            progress.validation_loss = measure(task, state);
        }
        if (progress.validated || seconds_since(reported) > report_seconds) {
            progress.iteration = state.iteration;
            progress.loss = loss_sum / static_cast<double>(since_report);
            progress.per_second = static_cast<double>(state.iteration - first_iteration) / seconds_since(start);
            progress.seconds_left = static_cast<double>(settings.iterations - state.iteration) / progress.per_second;
            report(progress);
            reported = clock::now();
            loss_sum = 0;
            since_report = 0;
        }
        if (seconds_since(saved) > settings.checkpoint_seconds) {
            save();
            saved = clock::now();
        }
    }
    save();
    return {state.iteration, measure(task, state), state.seconds, state.iteration >= settings.iterations};
}

}  // namespace drift
