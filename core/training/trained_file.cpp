#include "core/training/trained_file.h"

#include "core/array_file.h"
#include "core/text.h"
#include "core/training_columns.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace drift {
namespace {

using nlohmann::json;

constexpr const char* format = "driftscope-training";
constexpr const char* told = "told";  // what the reports said

struct Part {
    const char* name;
    LearnedWeights TrainerState::*member;
};
constexpr Part learned_parts[] = {
    {"policy", &TrainerState::policy}, {"flow", &TrainerState::flow}, {"good", &TrainerState::good}};

struct Moment {
    const char* name;
    torch::Tensor LearnedWeights::*member;
};
constexpr Moment learned_fields[] = {{"weights", &LearnedWeights::weights},
                                     {"average", &LearnedWeights::average},
                                     {"first_moment", &LearnedWeights::first_moment},
                                     {"second_moment", &LearnedWeights::second_moment}};

constexpr std::pair<const char*, ReplayBuffer TrainerState::*> buffers[] = {{"buffer", &TrainerState::buffer},
                                                                            {"local", &TrainerState::local}};
constexpr std::pair<const char*, torch::Tensor ReplayBuffer::*> buffer_fields[] = {
    {"x", &ReplayBuffer::x}, {"base", &ReplayBuffer::base}, {"log_r", &ReplayBuffer::log_r}};

std::string joined_name(const char* part, const char* field) {
    return std::string(part) + "." + field;
}

/// The names of what is not the same in both, "network, reference".
std::string differences(const json& a, const json& b) {
    std::vector<std::string> names;
    for (const auto& [key, value] : b.items()) {
        if (!a.is_object() || !a.contains(key) || a.at(key) != value) {
            names.push_back(key);
        }
    }
    return joined(names);
}

[[noreturn]] void refuse(const std::string& key, const std::filesystem::path& path, const std::string& why) {
    throw UserError(in_quotes(key) + " names the file " + in_quotes(path.string()) + ", which " + why);
}

void read_buffer(const ArrayFile& file, const char* name, const json& header, ReplayBuffer& buffer) {
    buffer.count = header.at("count").get<int64_t>();
    buffer.next = header.at("next").get<int64_t>();
    buffer.x = torch::Tensor();
    if (buffer.count == 0) {
        return;
    }
    for (const auto& [field, member] : buffer_fields) {
        const torch::Tensor& stored = file.at(joined_name(name, field));
        TORCH_CHECK(stored.size(0) == buffer.count && buffer.count <= buffer.capacity && buffer.next < buffer.capacity,
                    "a buffer of another size");
        std::vector<int64_t> shape = stored.sizes().vec();
        shape[0] = buffer.capacity;
        buffer.*member = torch::zeros(shape, torch::kFloat32);
        (buffer.*member).narrow(0, 0, buffer.count).copy_(stored);
    }
}

void read_weights(const ArrayFile& file, const std::string& key, const TrainerState& like, TrainerState& state) {
    for (const Part& part : learned_parts) {
        const LearnedWeights& wanted = like.*part.member;
        if (!wanted.defined()) {
            continue;
        }
        for (const Moment& field : learned_fields) {
            const torch::Tensor& stored = file.at(joined_name(part.name, field.name));
            if (stored.sizes() != (wanted.*field.member).sizes()) {
                refuse(key, file.path, "holds a network of another size");
            }
            state.*part.member.*field.member = stored.to((wanted.*field.member).options()).clone();
        }
    }
}

/// A row for each report, a column for each of its numbers.
torch::Tensor rows_of(const std::vector<std::shared_ptr<const TrainingNumbers>>& reports) {
    const std::vector<TrainingColumn>& columns = kept_training_columns();
    torch::Tensor rows =
        torch::empty({static_cast<int64_t>(reports.size()), static_cast<int64_t>(columns.size())}, torch::kFloat64);
    auto* next = rows.mutable_data_ptr<double>();
    for (const auto& numbers : reports) {
        for (const TrainingColumn& column : columns) {
            *next++ = column.value(*numbers);
        }
    }
    return rows;
}

json names_of_columns() {
    json names = json::array();
    for (const TrainingColumn& column : kept_training_columns()) {
        names.push_back(column.name);
    }
    return names;
}

/// Files from before do not have them, or have others: what no column says stays unknown.
void read_told(const ArrayFile& file, TrainerState& state) {
    if (!file.header.contains(told)) {
        return;
    }
    const auto names = file.header.at(told).get<std::vector<std::string>>();
    const torch::Tensor& rows = file.at(told);
    TORCH_CHECK(rows.dim() == 2 && rows.size(1) == static_cast<int64_t>(names.size()), "rows of another width");
    const auto values = rows.to(torch::kFloat64);
    const auto number = values.accessor<double, 2>();
    for (int64_t i = 0; i < rows.size(0); ++i) {
        TrainingNumbers numbers;
        for (const TrainingColumn& column : kept_training_columns()) {
            const auto at = std::find(names.begin(), names.end(), column.name) - names.begin();
            if (at < rows.size(1)) {
                column.set(numbers, number[i][at]);
            }
        }
        state.told.push_back(std::make_shared<const TrainingNumbers>(numbers));
    }
}

json log_z_json(const LearnedWeights& log_z) {
    json numbers = json::array();
    for (const Moment& field : learned_fields) {
        numbers.push_back((log_z.*field.member).item<double>());
    }
    return numbers;
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

void write_training(const std::filesystem::path& path, const TrainerState& state, const json& identity,
                    const json& training) {
    ArrayFile file;
    file.header = {{"format", format},
                   {"identity", identity},
                   {"training", training},
                   {"iteration", state.iteration},
                   {"updates", state.updates},
                   {"restored", state.restored},
                   {"rate_factor", state.rate_factor},
                   {"seconds", state.seconds},
                   {"log_z", log_z_json(state.log_z)},
                   {"search", {{"step_size", state.search.step_size}, {"acceptance", state.search.acceptance}}}};
    if (!state.told.empty()) {
        file.header[told] = names_of_columns();
        file.arrays.push_back({told, rows_of(state.told)});
    }
    for (const Part& part : learned_parts) {
        const LearnedWeights& learned = state.*part.member;
        for (const Moment& field : learned_fields) {
            if (learned.defined()) {
                file.arrays.push_back(
                    {joined_name(part.name, field.name), (learned.*field.member).to(torch::kFloat32)});
            }
        }
    }
    for (const auto& [name, member] : buffers) {
        const ReplayBuffer& buffer = state.*member;
        file.header[name] = {{"count", buffer.count}, {"next", buffer.next}};
        for (const auto& [field, array] : buffer_fields) {
            if (!buffer.empty()) {
                file.arrays.push_back({joined_name(name, field), (buffer.*array).narrow(0, 0, buffer.count)});
            }
        }
    }
    write_array_file(path, file);
}

int64_t read_training_iterations(const std::filesystem::path& path) {
    try {
        return read_array_file(path, format).header.at("iteration").get<int64_t>();
    } catch (const json::exception&) {
        refuse("the training", path, "has a header that this program cannot read");
    }
}

TrainerState read_training(const std::filesystem::path& path, const std::string& key, const TrainerState& like,
                           const json& identity, const json& training) {
    const ArrayFile file = read_array_file(path, format);
    const json& header = file.header;
    json stored = header.value("identity", json());
    json stored_training = header.value("training", json());
    for (json* one : {&stored, &stored_training}) {
        if (one->is_object()) {
            one->emplace("policy", name_of(PolicyKind::Mlp));  // files from when there was no other do not say
        }
    }
    if (const std::string what = differences(stored, identity); !what.empty()) {
        refuse(key, path, "was trained for another sampler: what differs is " + what);
    }
    if (!training.is_null()) {
        if (const std::string what = differences(stored_training, training); !what.empty()) {
            refuse(key, path, "holds another training: what differs is " + what);
        }
    }
    TrainerState state = like.copy();
    try {
        read_weights(file, key, like, state);
        state.iteration = header.at("iteration").get<int64_t>();
        if (training.is_null()) {
            return state;
        }
        state.updates = header.at("updates").get<int64_t>();
        state.restored = header.at("restored").get<int64_t>();
        state.rate_factor = header.at("rate_factor").get<double>();
        state.seconds = state.earlier_seconds = header.at("seconds").get<double>();
        read_told(file, state);
        size_t next = 0;
        for (const Moment& field : learned_fields) {
            (state.log_z.*field.member).fill_(header.at("log_z").at(next++).get<double>());
        }
        state.search = {header.at("search").at("step_size").get<double>(),
                        header.at("search").at("acceptance").get<double>()};
        for (const auto& [name, member] : buffers) {
            read_buffer(file, name, header.at(name), state.*member);
        }
    } catch (const json::exception&) {
        refuse(key, path, "has a header that this program cannot read");
    }
    return state;
}

}  // namespace drift
