#include "core/samplers/trained_fields.h"

#include "core/choice_json.h"
#include "core/decoder.h"
#include "core/io/npy.h"
#include "core/text.h"
#include "core/training/losses.h"

#include <filesystem>

namespace drift::trained {
namespace {

constexpr size_t most_data = size_t{1} << 28;

torch::Tensor read_data(const std::string& name, const Task& task, int64_t dimension) {
    const NpyArray array = read_npy((std::filesystem::path(task.folder) / name).string(), most_data);
    const auto rows = array.shape.empty() ? 0 : array.shape.front();
    if (rows < 1 || static_cast<int64_t>(array.values.size()) != rows * dimension) {
        throw UserError("'sampler.data' names the file " + in_quotes(name) + ", which does not hold rows of " +
                        std::to_string(dimension) + " numbers");
    }
    return torch::tensor(array.values, torch::kFloat64).view({rows, dimension}).to(task.options);
}

/// Of what is sampled: noise is rows to the problem, and only its map knows what these stand for.
std::vector<int64_t> state_shape(const Task& task) {
    return task.decoder != nullptr ? task.decoder->latent_shape() : task.problem.prior->sample_shape();
}

}  // namespace

TrainerOptions trainer_options(const Common& common, const Task& task, int64_t dimension) {
    TrainerOptions options;
    options.iterations = common.iterations;
    options.loss = loss_named(common.loss);
    options.batch.batch = common.batch;
    options.batch.shares = {common.on_policy,    common.exploring, common.reference_share, common.buffer,
                            common.local_search, common.data,      common.back_and_forth};
    options.batch.priority = priority_named(common.buffer_priority);
    if (common.amortised) {
        if (common.batch % common.group != 0) {
            throw UserError("'sampler.batch' is " + std::to_string(common.batch) +
                            ", but must be a multiple of 'group', " + std::to_string(common.group));
        }
        options.batch.group = common.group;
    }
    if (!common.data_file.empty()) {
        options.batch.data = read_data(common.data_file, task, dimension);
    }
    options.learning_rate = common.learning_rate;
    options.log_z_rate = common.log_z_rate;
    options.flow_rate = common.flow_rate;
    options.beta = common.beta;
    options.exploration = common.exploration;
    options.clip = common.clip;
    options.average = common.average;
    options.floor = common.floor;
    options.step_share = common.step_share;
    options.lambda = common.lambda;
    options.dead_zone = common.dead_zone;
    options.buffer = common.buffer_size;
    options.local_buffer = common.local_buffer;
    options.search_every = common.local_every;
    options.search.chains = common.batch;
    options.search.steps = common.local_steps;
    options.search.burn_in = common.local_steps / 2;
    options.search_step = common.local_step_size;
    options.seed = task.seed;
    return options;
}

PolicyOptions policy_options(const Common& common, const Terminal& terminal, const std::vector<int64_t>& shape) {
    PolicyOptions options;
    options.kind = policy_named(common.policy);
    options.shape = shape;
    options.unet_width = common.unet_width;
    options.unet_deep_width = common.unet_deep_width;
    options.width = common.width;
    options.layers = common.layers;
    options.learn_variance = common.learn_variance;
    options.langevin = common.langevin;
    options.observed = terminal.observed_size();
    check_policy(options);
    return options;
}

TrainedOptions trained_options(const Common& common, const Choice& sampler) {
    TrainedOptions options;
    options.sampler = choice_to_json(sampler);
    options.report_every = common.report_every;
    options.weights = common.weights;
    options.checkpoint = common.checkpoint;
    return options;
}

std::shared_ptr<const Sampler> make(const Common& common, const Choice& sampler, Task task,
                                    std::shared_ptr<const Reference> reference, double brownian_variance) {
    Model model;
    model.reference = counted_reference(std::move(reference));
    model.terminal = std::make_shared<const Terminal>(
        task, model.reference, TerminalOptions{.brownian_variance = brownian_variance, .amortised = common.amortised});
    model.policy = policy_options(common, *model.terminal, state_shape(task));
    model.numbers = task.options;
    model.power = final_power(common);
    TrainerOptions options = trainer_options(common, task, model.reference->dimension());
    if (needs_gradient(options.loss) && task.problem.condition->is_flat()) {
        throw UserError("'sampler.loss' is " + common.loss +
                        ", which follows the gradient of the condition, but this one has none, such as a half-space "
                        "with a hard edge: give the edge a 'condition.width', or choose vargrad, tb, log_variance, "
                        "subtb, db or reinforce");
    }
    return trained_sampler(std::move(task), std::move(model), std::move(options), trained_options(common, sampler));
}

}  // namespace drift::trained
