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

void read_buffer(const ArrayFile& file, const char* name, const json& header, ReplayBuffer& buffer) {
    buffer.count = header.at("count").get<int64_t>();
    buffer.next = header.at("next").get<int64_t>();
    buffer.x = torch::Tensor();
    if (buffer.count == 0) {
        return;
    }
    for (const auto& [field, member] : buffer_fields) {
        const torch::Tensor& stored = file.weights(joined_name(name, field));
        std::vector<int64_t> shape{buffer.count};
        if (member == &ReplayBuffer::x) {
            shape.push_back(buffer.width);
        }
        if (stored.sizes() != shape || buffer.count > buffer.capacity || buffer.next < 0 ||
            buffer.next >= buffer.capacity) {
            file.refuse("holds a buffer of another size");
        }
        shape[0] = buffer.capacity;
        buffer.*member = torch::zeros(shape, torch::kFloat32);
        (buffer.*member).narrow(0, 0, buffer.count).copy_(stored);
    }
}

void read_weights(const ArrayFile& file, const TrainerState& like, TrainerState& state) {
    for (const Part& part : learned_parts) {
        const LearnedWeights& wanted = like.*part.member;
        if (!wanted.defined()) {
            continue;
        }
        for (const Moment& field : learned_fields) {
            const torch::Tensor& stored = file.weights(joined_name(part.name, field.name));
            if (stored.sizes() != (wanted.*field.member).sizes()) {
                file.refuse("holds a network of another size");
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
    if (rows.dim() != 2 || rows.size(1) != static_cast<int64_t>(names.size())) {
        file.refuse("holds reports of another width");
    }
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

/// All that a training goes on from, beside the weights.
void read_progress(const ArrayFile& file, TrainerState& state) {
    const json& header = file.header;
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
}

}  // namespace

void write_training(const std::filesystem::path& path, const std::string& key, const TrainerState& state,
                    const Origin& origin) {
    ArrayFile file;
    file.header = {{"format", format},
                   {"identity", origin.weights},
                   {"training", origin.training},
                   {"sampler", origin.sampler},
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
    write_array_file(path, file, key);
}

int64_t read_training_iterations(const std::filesystem::path& path) {
    const ArrayFile file = read_array_file(path, format);
    try {
        return file.header.at("iteration").get<int64_t>();
    } catch (const json::exception&) {
        file.refuse_header();
    }
}

TrainerState read_training(const std::filesystem::path& path, const std::string& key, const TrainerState& like,
                           const Origin& origin) {
    const ArrayFile file = read_array_file(path, format, key);
    const json& header = file.header;
    Origin stored{header.value("identity", json()), header.value("training", json()), header.value("sampler", json())};
    for (json* one : {&stored.weights, &stored.training}) {
        if (one->is_object()) {
            one->emplace("policy", name_of(PolicyKind::Mlp));  // files from when there was no other do not say
        }
    }
    if (const std::string what = difference_of_weights(stored, origin); !what.empty()) {
        file.refuse("was trained for another sampler: " + what);
    }
    if (!origin.training.is_null()) {
        if (const std::string what = difference_of_trainings(stored, origin); !what.empty()) {
            file.refuse("holds another training: " + what);
        }
    }
    TrainerState state = like.copy();
    try {
        read_weights(file, like, state);
        state.iteration = header.at("iteration").get<int64_t>();
        if (!origin.training.is_null()) {
            read_progress(file, state);
        }
    } catch (const json::exception&) {
        file.refuse_header();
    }
    return state;
}

}  // namespace drift
