// The two fits: a diffusion prior of Fashion-MNIST, and the classifier that judges it.
#pragma once

#include "core/nets/classifier.h"
#include "core/nets/unet.h"
#include "core/training/fit_task.h"
#include "core/training/picture_data.h"

#include <array>
#include <string>

namespace drift {

/// Denoising score matching with the weights of EDM (Karras et al. 2022, table 1): the mean square error of F.
class DiffusionTask final : public FitTask {
public:
    DiffusionTask(const PictureData& data, const UnetConfig& config, int64_t batch, std::string origin);

    ParameterStore& parameters(int64_t replica) override { return nets_[replica].parameters(); }
    FitBatch draw(at::Generator& generator) const override;
    torch::Tensor loss(int64_t replica, const FitBatch& part) const override;
    double validation_loss() const override;
    nlohmann::json description() const override;
    bool half_precision() const override;

private:
    const PictureData& data_;
    std::array<Unet, replicas> nets_;
    int64_t batch_;
    std::string origin_;
};

/// Cross-entropy on pictures of which half carry noise, since the classifier is asked about denoised guesses as well.
class ClassifierTask final : public FitTask {
public:
    ClassifierTask(const PictureData& data, const ClassifierConfig& config, int64_t batch, std::string origin);

    ParameterStore& parameters(int64_t replica) override { return nets_[replica].parameters(); }
    FitBatch draw(at::Generator& generator) const override;
    torch::Tensor loss(int64_t replica, const FitBatch& part) const override;
    double validation_loss() const override;
    nlohmann::json description() const override;

private:
    const PictureData& data_;
    std::array<Classifier, replicas> nets_;
    int64_t batch_;
    std::string origin_;
};

}  // namespace drift
