// A generative adversarial network in its relativistic form with a penalty on the gradient of the critic, at data and
// at what is generated (Huang et al. 2024, "The GAN is dead; long live the GAN!"), which keeps modes and converges:
//
//     critic:    E softplus(c(g(z)) - c(x)) + gamma/2 (E |grad c(x)|^2 + E |grad c(g(z))|^2)   made small by c
//     generator: E softplus(c(x) - c(g(z)))                                                    made small by g
//
// Both take a step at the same time, each by the gradient of its own loss.
#pragma once

#include "core/generators/generator_model.h"
#include "core/nets/mlp.h"

namespace drift {

struct GanConfig {
    int64_t latent = 2;
    int64_t width = 64;
    int64_t layers = 3;
    double penalty = 0.1;  // gamma; no part of the network
};

class GanModel final : public GeneratorModel {
public:
    explicit GanModel(const GanConfig& config);

    ParameterStore& parameters() override { return store_; }
    const ParameterStore& parameters() const override { return store_; }
    int64_t latent() const override { return config_.latent; }
    torch::Tensor generate(const torch::Tensor& z) const override;
    std::vector<torch::Tensor> noise(int64_t count, const Random& random) const override;
    torch::Tensor loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const override;
    int64_t numbers_in_training() const override;
    nlohmann::json architecture() const override;

private:
    GanConfig config_;
    ParameterStore store_;
    Mlp generator_, critic_;
};

}  // namespace drift
