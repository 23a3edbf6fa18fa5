// A variational autoencoder (Kingma and Welling 2014) with a learned spread s of the decoder (Rybkin et al. 2021):
//
//     loss = E |x - g(m + exp(l / 2) n)|^2 / (2 s^2) + 2 log s + beta KL(N(m, exp(l)) | N(0, I)),   (m, l) = encoder(x)
//
// What it generates is the mean g(z), without the noise of spread s around it.
#pragma once

#include "core/generators/generator_model.h"
#include "core/nets/mlp.h"

namespace drift {

struct VaeConfig {
    int64_t latent = 2;
    int64_t width = 64;
    int64_t layers = 3;
    double beta = 1;  // no part of the network
};

class VaeModel final : public GeneratorModel {
public:
    explicit VaeModel(const VaeConfig& config);

    ParameterStore& parameters() override { return store_; }
    const ParameterStore& parameters() const override { return store_; }
    int64_t latent() const override { return config_.latent; }
    torch::Tensor generate(const torch::Tensor& z) const override;
    std::vector<torch::Tensor> noise(int64_t count, const Random& random) const override;
    torch::Tensor loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const override;
    int64_t numbers_in_training() const override;
    nlohmann::json architecture() const override;

private:
    VaeConfig config_;
    ParameterStore store_;
    Mlp encoder_, decoder_;
    size_t log_spread_;
};

}  // namespace drift
