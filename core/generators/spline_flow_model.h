// A normalising flow of spline couplings (Durkan et al. 2019): each coupling bends one coordinate by a spline that a
// small network chooses by the other one. Invertible, so that the density of what it generates is known exactly:
//
//     log p(x) = log N(u(x); 0, I) + sum over couplings of log |du_i / dx_i|,   g(z) = u^-1(z),   loss = -E log p(x)
#pragma once

#include "core/generators/generator_model.h"
#include "core/nets/mlp.h"

namespace drift {

struct SplineFlowConfig {
    int64_t width = 64;
    int64_t layers = 2;  // of each coupling's network
    int64_t couplings = 4;
    int64_t bins = 12;  // of each spline
};

class SplineFlowModel final : public GeneratorModel {
public:
    explicit SplineFlowModel(const SplineFlowConfig& config);

    ParameterStore& parameters() override { return store_; }
    const ParameterStore& parameters() const override { return store_; }
    int64_t latent() const override { return 2; }
    torch::Tensor generate(const torch::Tensor& z) const override;
    std::vector<torch::Tensor> noise(int64_t count, const Random& random) const override;
    torch::Tensor loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const override;
    int64_t numbers_in_training() const override;
    nlohmann::json architecture() const override;

    /// log p [n] of x [n, 2]. Differentiable in x.
    torch::Tensor log_density(const torch::Tensor& x) const;

private:
    SplineFlowConfig config_;
    ParameterStore store_;
    std::vector<Mlp> nets_;
};

}  // namespace drift
