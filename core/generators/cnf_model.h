// A continuous normalising flow, taught by flow matching (Lipman et al. 2023; conditional paths of straight lines):
//
//     dx/dt = v(x, t)   from x(0) = z ~ N(0, I) to x(1) = g(z),   loss = E |v((1 - t) z + t x, t) - (x - z)|^2
#pragma once

#include "core/generators/generator_model.h"
#include "core/nets/mlp.h"

namespace drift {

struct CnfConfig {
    int64_t width = 64;
    int64_t layers = 3;
    int64_t ode_steps = 8;  // of the classical Runge-Kutta method, four evaluations each; no part of the network
};

class CnfModel final : public GeneratorModel {
public:
    explicit CnfModel(const CnfConfig& config);

    ParameterStore& parameters() override { return store_; }
    const ParameterStore& parameters() const override { return store_; }
    int64_t latent() const override { return 2; }
    torch::Tensor generate(const torch::Tensor& z) const override;
    int64_t evaluations() const override { return 4 * config_.ode_steps; }
    std::vector<torch::Tensor> noise(int64_t count, const Random& random) const override;
    torch::Tensor loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const override;
    int64_t numbers_in_training() const override;
    nlohmann::json architecture() const override;

    /// v(x, t) for x [n, 2] and t [n, 1].
    torch::Tensor velocity(const torch::Tensor& x, const torch::Tensor& t) const;

private:
    CnfConfig config_;
    ParameterStore store_;
    Mlp net_;
};

}  // namespace drift
