#include "core/generators/generators.h"

#include "core/array_file.h"
#include "core/choice_json.h"
#include "core/decoders/decoders.h"
#include "core/generators/remembered.h"
#include "core/interruption.h"
#include "core/json_values.h"
#include "core/nets/trained.h"
#include "core/priors/decoder_prior.h"
#include "core/text.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace drift {
namespace {

using nlohmann::json;

constexpr int64_t points_a_piece = 256;
constexpr int64_t points_for_variance = 4096;
constexpr Random for_variance{1};
/// Weights, their moving average, the copy that is learned with, gradients, two moments of Adam and what its step
/// needs.
constexpr int64_t copies_in_training = 10;

Remembered& memory() {
    static Remembered remembered(int64_t{64} << 20);
    return remembered;
}

PlaneData data_of(const GeneratorParams& params) {
    return PlaneData({params.data, params.painting, params.half_width});
}

/// What the numbers of a network were learned from, in the words of the scenario.
json data_json(const GeneratorParams& params) {
    json all = {{"type", params.data}};
    if (params.data == "painted") {
        all["painting"] = to_json(Value(params.painting));
        all["half_width"] = params.half_width;
    }
    return all;
}

[[noreturn]] void refuse_diverged(const GeneratorPlan& plan, int64_t iteration) {
    throw UserError("'prior.learning_rate' is " + number_text(plan.params.learning_rate) +
                    ", with which the training of this prior left the finite numbers in iteration " +
                    std::to_string(iteration) + "; choose a lower one");
}

torch::Tensor train(const GeneratorPlan& plan) {
    const c10::InferenceMode off(false);  // whoever sets up a run may be in it
    const std::unique_ptr<FitTask> task = generator_task(plan, {});
    const FitSettings settings = generator_settings(plan);
    FitState state = start_fit(task->parameters(0), settings.seed);
    while (state.iteration < settings.iterations) {
        check_interruption({state.iteration, settings.iterations, state.seconds});
        const auto start = std::chrono::steady_clock::now();
        if (!std::isfinite(fit_step(*task, settings, state))) {
            refuse_diverged(plan, state.iteration);
        }
        state.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return state.average;
}

[[noreturn]] void refuse_header(const ArrayFile& file, const std::string& key, const json& found, const json& wanted) {
    file.refuse("says that " + key + " is " + in_quotes(found.dump()) + " where " + in_quotes(wanted.dump()) +
                " is asked for");
}

/// Throws UserError unless the header says of the network what is asked for.
void check_header(const ArrayFile& file, const std::string& part, const json& wanted) {
    const json found = file.header.value(part, json());
    for (const auto& [key, value] : wanted.items()) {
        const json other = found.is_object() ? found.value(key, json()) : json();
        if (other != value) {
            refuse_header(file, std::string(part).append(".").append(key), other, value);
        }
    }
}

void read_weights(const GeneratorPlan& plan, const MakeContext& context, GeneratorModel& model) {
    if (plan.params.data == "painted") {
        throw UserError("'prior.weights' is " + in_quotes(plan.params.weights) +
                        ", but 'prior.data' is painted, which is always learned anew; leave the weights out or choose "
                        "25_modes, two_moons or checkerboard");
    }
    const ArrayFile file = read_array_file(find_weights("prior.weights", plan.params.weights, context.folder),
                                           weights_format, "prior.weights");
    check_header(file, "architecture", model.architecture());
    check_header(file, "data", data_json(plan.params));
    bind_arrays(model.parameters(), file);
}

/// How the generator of a prior is trained; nothing where none is.
std::optional<GeneratorPlan> plan_of_training(const Choice& prior) {
    const auto kind = generator_kinds().find(prior.type);
    std::optional<GeneratorPlan> plan;
    if (kind != generator_kinds().end()) {
        plan = kind->second(prior.params);
    }
    return plan && plan->params.weights.empty() ? plan : std::nullopt;
}

torch::Tensor points_of(const Generator& generator, const torch::Tensor& z) {
    return generator.model->generate(z) * generator.scale + generator.mean.to(z.options());
}

double variance_of(const Generator& generator) {
    const torch::Tensor z = standard_normals(points_for_variance, generator.model->latent(), for_variance);
    const torch::Tensor x =
        in_chunks([&](const torch::Tensor& piece) { return points_of(generator, piece); }, z, points_a_piece);
    return x.to(torch::kFloat64).var(0, false).mean().item<double>();
}

}  // namespace

std::unique_ptr<FitTask> generator_task(const GeneratorPlan& plan, const json& header) {
    json all = header.is_null() ? json::object() : header;
    all["data"] = data_json(plan.params);
    return std::make_unique<GeneratorTask>(data_of(plan.params), plan.make, plan.params.batch, std::move(all));
}

FitSettings generator_settings(const GeneratorPlan& plan) {
    FitSettings settings;
    settings.iterations = plan.params.iterations;
    settings.learning_rate = plan.params.learning_rate;
    settings.warm_up = 100;
    settings.descent_from = 0.4;
    settings.clip = plan.clip;
    settings.average = 0.995;
    settings.beta1 = plan.beta1;
    settings.seed = static_cast<uint64_t>(plan.params.seed);
    return settings;
}

std::optional<GeneratorOutline> outline_of_generator(const Choice& prior) {
    const std::optional<GeneratorPlan> plan = plan_of_training(prior);
    if (!plan) {
        return std::nullopt;
    }
    const std::unique_ptr<GeneratorModel> model = plan->make();
    GeneratorOutline outline{model->latent(), model->evaluations(), plan->params.batch};
    if (!memory().find(plan->learned).defined()) {
        const auto points = static_cast<double>(plan->params.batch * model->numbers_in_training());
        const auto weights = static_cast<double>(copies_in_training * model->parameters().count());
        outline.training_bytes = (points + weights) * sizeof(float);
    }
    return outline;
}

bool trains_the_same(const Choice& one, const Choice& other) {
    const std::optional<GeneratorPlan> plan = plan_of_training(one);
    if (!plan || same_values(one, other)) {
        return plan.has_value();
    }
    const std::optional<GeneratorPlan> other_plan = plan_of_training(other);
    return other_plan && plan->learned == other_plan->learned;
}

std::shared_ptr<const Generator> trained_generator(const GeneratorPlan& plan, const MakeContext& context) {
    const PlaneData data = data_of(plan.params);
    std::unique_ptr<GeneratorModel> model = plan.make();
    if (!plan.params.weights.empty()) {
        read_weights(plan, context, *model);
    } else {
        torch::Tensor weights = memory().find(plan.learned);
        if (!weights.defined()) {
            weights = train(plan);
            memory().keep(plan.learned, weights);
        }
        model->parameters().bind(weights);
    }
    auto generator = std::make_shared<Generator>();
    generator->model = std::move(model);
    generator->mean = torch::tensor({data.mean(0), data.mean(1)}, torch::kFloat32);
    generator->scale = std::sqrt(data.variance());
    generator->variance = variance_of(*generator);
    if (!std::isfinite(generator->variance) || !(generator->variance > 0)) {
        if (plan.params.weights.empty()) {
            refuse_diverged(plan, plan.params.iterations);
        }
        throw UserError("'prior.weights' names the file " + in_quotes(plan.params.weights) +
                        ", whose points have a variance of " + number_text(generator->variance) +
                        ", but a positive, finite one is accepted");
    }
    return generator;
}

std::shared_ptr<const Decoder> decoder_of(const std::shared_ptr<const Generator>& generator) {
    return network_decoder([generator](const torch::Tensor& z) { return points_of(*generator, z); },
                           {generator->model->latent()}, {2}, points_a_piece, generator->model->evaluations());
}

std::shared_ptr<const Prior> generator_prior(const std::shared_ptr<const Generator>& generator) {
    return decoder_prior(decoder_of(generator), generator->variance);
}

std::map<std::string, PlanGenerator>& generator_kinds() {
    static std::map<std::string, PlanGenerator> kinds;
    return kinds;
}

GeneratorRegistration::GeneratorRegistration(Item item, PlanGenerator plan, const std::vector<std::string>& not_learned,
                                             Wrap wrap) {
    const auto complete = [type = item.key, plan = std::move(plan), not_learned](const ParamSet& set) {
        GeneratorPlan all = plan(set);
        json learned = choice_to_json({type, set});
        for (const std::string& key : not_learned) {
            learned.erase(key);
        }
        all.learned = learned.dump();
        return all;
    };
    generator_kinds().emplace(item.key, complete);
    const Registration<Prior> prior(std::move(item), [complete, wrap](const ParamSet& set, const MakeContext& context) {
        return wrap(trained_generator(complete(set), context));
    });
}

}  // namespace drift
