#include "core/training/origin.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace drift {
namespace {

using nlohmann::json;

/// Of a sampler, beside those that identities have as they are in the scenario.
constexpr std::array keys_of_weights{"type",     "reference", "steps",      "sigma_squared",   "policy",
                                     "width",    "layers",    "unet_width", "unet_deep_width", "learn_variance",
                                     "langevin", "amortised"};
constexpr std::array keys_of_trainings{"loss", "batch", "buffer_size", "local_buffer"};

bool differs(const json& a, const json& b, const std::string& key) {
    return !a.is_object() || !a.contains(key) || a.at(key) != b.at(key);
}

/// The names of the parts of `asked` that are not the same in `file`.
std::vector<std::string> different_parts(const json& file, const json& asked) {
    std::vector<std::string> names;
    for (const auto& [key, value] : asked.items()) {
        if (differs(file, asked, key)) {
            names.push_back(key);
        }
    }
    return names;
}

std::string shortened(const json& value) {
    constexpr size_t longest = 60;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    return text.size() > longest ? "another one" : text;
}

void compare(const std::string& key, const json& file, const json& asked, std::vector<std::string>& told) {
    if (file == asked) {
        return;
    }
    const std::string there = shortened(file);
    const std::string here = shortened(asked);
    told.push_back(in_quotes(key) +
                   (there == here ? " is another one" : " is " + there + " there and " + here + " here"));
}

/// Objects by their keys, everything else as a whole.
void compare_all(const std::string& path, const json& file, const json& asked, std::vector<std::string>& told) {
    if (!file.is_object() || !asked.is_object()) {
        compare(path, file, asked, told);
        return;
    }
    const std::string before = path.empty() ? "" : path + ".";
    for (const auto& [key, value] : file.items()) {
        if (asked.contains(key)) {  // an observation that is told later is no difference
            compare_all(std::string(before).append(key), value, asked.at(key), told);
        }
    }
}

template <size_t n>
void compare_keys(const std::array<const char*, n>& keys, const json& file, const json& asked,
                  std::vector<std::string>& told) {
    for (const char* key : keys) {
        if (file.is_object() && asked.is_object() && file.contains(key) && asked.contains(key)) {
            compare(std::string("sampler.") + key, file.at(key), asked.at(key), told);
        }
    }
}

std::string sentence(const std::vector<std::string>& told) {
    std::string text;
    for (const std::string& each : told) {
        text += (text.empty() ? "" : "; ") + each;
    }
    return text;
}

bool contains(const std::vector<std::string>& parts, const char* part) {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
}

}  // namespace

json identity_of(const Model& model, const Task& task, const std::string& method) {
    json network = Policy(model.reference, model.policy, model.numbers).network().architecture();
    network["learn_variance"] = model.policy.learn_variance;
    network["variance_range"] = model.policy.variance_range;
    network["langevin"] = model.policy.langevin;
    json problem = task.fingerprint.empty() ? json() : json::parse(task.fingerprint);
    if (model.terminal->amortised() && problem.is_object()) {
        problem.at("condition").erase("observation");  // it is asked for later
    }
    return {{"method", method},
            {"problem", problem},
            {"variances", model.reference->grid().variance},
            {"unit", model.reference->unit()},
            {"policy", name_of(model.policy.kind)},
            {"network", network}};
}

json identity_of_training(const json& identity, const TrainerOptions& options) {
    json training = identity;
    training["seed"] = options.seed;
    training["loss"] = static_cast<int>(options.loss);
    training["batch"] = options.batch.batch;
    training["buffers"] = {options.buffer, options.local_buffer};
    return training;
}

json identity_of_weights(const json& identity, const TrainerOptions& options) {
    json weights = identity_of_training(identity, options);
    weights["iterations"] = options.iterations;
    for (const Curve& curve : {options.learning_rate, options.flow_rate, options.log_z_rate, options.beta,
                               options.exploration, options.clip, options.floor}) {
        weights["curves"].push_back(to_text(curve));
    }
    weights["loss_settings"] = {options.average, options.step_share, options.lambda, options.dead_zone};
    weights["sources"] = options.batch.shares;
    weights["batch_settings"] = {static_cast<int>(options.batch.priority), options.batch.group, options.batch.least_ess,
                                 options.batch.oversampling};
    weights["search"] = {options.search_every,   options.search.chains,     options.search.steps,
                         options.search.burn_in, options.search.keep_every, options.search_step};
    return weights;
}

std::string difference_of_weights(const Origin& file, const Origin& asked) {
    const std::vector<std::string> parts = different_parts(file.weights, asked.weights);
    if (parts.empty()) {
        return {};
    }
    std::vector<std::string> told;
    if (contains(parts, "problem") && file.weights.is_object()) {
        compare_all("", file.weights.value("problem", json()), asked.weights.at("problem"), told);
    }
    compare_keys(keys_of_weights, file.sampler, asked.sampler, told);
    if (told.empty() && contains(parts, "variances")) {
        told.emplace_back("the noise of the steps, by 'schedule', is another one");
    }
    return told.empty() ? "what differs is " + joined(parts) : sentence(told);
}

std::string difference_of_trainings(const Origin& file, const Origin& asked) {
    const std::vector<std::string> parts = different_parts(file.training, asked.training);
    if (parts.empty()) {
        return {};
    }
    std::vector<std::string> told;
    if (contains(parts, "seed") && file.training.is_object()) {
        compare("seed", file.training.value("seed", json()), asked.training.at("seed"), told);
    }
    compare_keys(keys_of_trainings, file.sampler, asked.sampler, told);
    return told.empty() ? "what differs is " + joined(parts) : sentence(told);
}

}  // namespace drift
