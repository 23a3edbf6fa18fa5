#include "core/generators/gan_model.h"

#include <torch/csrc/autograd/autograd.h>

namespace drift {

GanModel::GanModel(const GanConfig& config)
    : config_(config),
      generator_(store_, "generator", {config.latent, 2, config.width, config.layers}),
      critic_(store_, "critic", {2, 1, config.width, config.layers}) {}

torch::Tensor GanModel::generate(const torch::Tensor& z) const {
    return generator_.forward(store_, z);
}

std::vector<torch::Tensor> GanModel::noise(int64_t count, const Random& random) const {
    return {standard_normals(count, config_.latent, random)};
}

torch::Tensor GanModel::loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const {
    const int64_t n = data.size(0);
    const torch::Tensor made = generate(noise[0]);
    const torch::Tensor both = torch::cat({data, made.detach()}).set_requires_grad(true);
    const torch::Tensor scores = critic_.forward(store_, both);
    const torch::Tensor of_data = scores.narrow(0, 0, n);
    const torch::Tensor slope = torch::autograd::grad({scores.sum()}, {both}, {}, /*retain_graph=*/true,
                                                      /*create_graph=*/true)[0];
    const torch::Tensor penalty = slope.square().sum() * (0.5 * config_.penalty / static_cast<double>(n));
    const torch::Tensor critic = at::softplus(scores.narrow(0, n, n) - of_data).mean() + penalty;
    const torch::Tensor generator = at::softplus(of_data.detach() - critic_.forward(store_, made, true)).mean();
    return critic + generator;
}

int64_t GanModel::numbers_in_training() const {
    return 20 * config_.width * (config_.layers + 1);
}

nlohmann::json GanModel::architecture() const {
    return {{"type", "gan"}, {"latent", config_.latent}, {"width", config_.width}, {"layers", config_.layers}};
}

}  // namespace drift
