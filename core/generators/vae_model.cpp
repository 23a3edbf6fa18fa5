#include "core/generators/vae_model.h"

namespace drift {
namespace {

constexpr double first_log_spread = -1;
constexpr double least_log_spread = -5;  // below it single points are learned by heart

}  // namespace

VaeModel::VaeModel(const VaeConfig& config)
    : config_(config),
      encoder_(store_, "encoder", {2, 2 * config.latent, config.width, config.layers}),
      decoder_(store_, "decoder", {config.latent, 2, config.width, config.layers}),
      log_spread_(store_.add("log_spread", {1}, 0, first_log_spread)) {}

torch::Tensor VaeModel::generate(const torch::Tensor& z) const {
    return decoder_.forward(store_, z);
}

std::vector<torch::Tensor> VaeModel::noise(int64_t count, const Random& random) const {
    return {standard_normals(count, config_.latent, random)};
}

torch::Tensor VaeModel::loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const {
    const torch::Tensor code = encoder_.forward(store_, data);
    const torch::Tensor mean = code.narrow(1, 0, config_.latent);
    const torch::Tensor log_variance = code.narrow(1, config_.latent, config_.latent);
    const torch::Tensor rebuilt = generate(mean + (log_variance * 0.5).exp() * noise[0]);
    const torch::Tensor log_spread = store_[log_spread_].clamp_min(least_log_spread);
    const torch::Tensor misfit = (data - rebuilt).square().sum(1) * 0.5 * (log_spread * -2).exp() + log_spread * 2;
    const torch::Tensor divergence = (mean.square() + log_variance.exp() - log_variance - 1).sum(1) * 0.5;
    return (misfit + divergence * config_.beta).mean();
}

int64_t VaeModel::numbers_in_training() const {
    return 8 * config_.width * (config_.layers + 1);
}

nlohmann::json VaeModel::architecture() const {
    return {{"type", "vae"}, {"latent", config_.latent}, {"width", config_.width}, {"layers", config_.layers}};
}

}  // namespace drift
