#include "core/training/generator_task.h"

#include "core/metrics.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

namespace drift {
namespace {

constexpr int64_t validation_points = 4096;
constexpr Random validation{7};

}  // namespace

GeneratorTask::GeneratorTask(PlaneData data, const MakeGenerator& make, int64_t batch, nlohmann::json header)
    : data_(std::move(data)), model_(make()), batch_(batch), header_(std::move(header)) {}

torch::Tensor GeneratorTask::in_own_units(const torch::Tensor& points) const {
    const torch::Tensor mean = torch::tensor({data_.mean(0), data_.mean(1)}, points.options());
    return (points - mean) / std::sqrt(data_.variance());
}

FitBatch GeneratorTask::draw(at::Generator& generator) const {
    const Random random{generator.get<at::CPUGeneratorImpl>()->random64()};
    FitBatch batch{in_own_units(data_.draw(batch_, random))};
    for (torch::Tensor& rows : model_->noise(batch_, random)) {
        batch.push_back(std::move(rows));
    }
    return batch;
}

torch::Tensor GeneratorTask::loss(int64_t /*replica*/, const FitBatch& part) const {
    return model_->loss(part.front(), {part.begin() + 1, part.end()});
}

double GeneratorTask::validation_loss() const {
    const torch::Tensor made = model_->generate(standard_normals(validation_points, model_->latent(), validation));
    return sliced_wasserstein(made, {}, in_own_units(data_.draw(validation_points, validation))) *
           std::sqrt(data_.variance());
}

nlohmann::json GeneratorTask::description() const {
    nlohmann::json all = header_;
    all["architecture"] = model_->architecture();
    all["variance"] = data_.variance();
    all["mean"] = {data_.mean(0), data_.mean(1)};
    all["parameters"] = model_->parameters().count();
    all["batch"] = batch_;
    return all;
}

}  // namespace drift
