// A generator of points as a fit: data, noise and loss of every iteration, and how far what it generates is from fresh
// data.
#pragma once

#include "core/data/plane_data.h"
#include "core/generators/generator_model.h"
#include "core/training/fit_task.h"

#include <memory>

namespace drift {

class GeneratorTask final : public FitTask {
public:
    /// `header` is added to that of the weight file.
    GeneratorTask(PlaneData data, const MakeGenerator& make, int64_t batch, nlohmann::json header);

    ParameterStore& parameters(int64_t /*replica*/) override { return model_->parameters(); }
    int64_t parts() const override { return 1; }
    FitBatch draw(at::Generator& generator) const override;
    torch::Tensor loss(int64_t replica, const FitBatch& part) const override;
    /// The sliced Wasserstein distance between what is generated and fresh data.
    double validation_loss() const override;
    nlohmann::json description() const override;

private:
    torch::Tensor in_own_units(const torch::Tensor& points) const;

    PlaneData data_;
    std::unique_ptr<GeneratorModel> model_;
    int64_t batch_;
    nlohmann::json header_;
};

}  // namespace drift
