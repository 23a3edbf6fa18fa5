#include "core/generators/cnf_model.h"

#include <numbers>

namespace drift {
namespace {

constexpr int64_t waves = 3;
constexpr int64_t time_features = 1 + 2 * waves;

/// t, and waves of half a period and more over [0, 1]: v changes quickly towards t = 1, where it sees single modes.
torch::Tensor features_of(const torch::Tensor& t) {
    const torch::Tensor angles = t * (torch::arange(1, waves + 1, t.options()) * std::numbers::pi);
    return torch::cat({t, angles.sin(), angles.cos()}, 1);
}

}  // namespace

CnfModel::CnfModel(const CnfConfig& config)
    : config_(config), net_(store_, "velocity", {2 + time_features, 2, config.width, config.layers}) {}

torch::Tensor CnfModel::velocity(const torch::Tensor& x, const torch::Tensor& t) const {
    return net_.forward(store_, torch::cat({x, features_of(t)}, 1));
}

torch::Tensor CnfModel::generate(const torch::Tensor& z) const {
    const auto v = [&](const torch::Tensor& x, double t) {
        return velocity(x, torch::full({x.size(0), 1}, t, x.options()));
    };
    const double h = 1 / static_cast<double>(config_.ode_steps);
    torch::Tensor x = z;
    for (int64_t k = 0; k < config_.ode_steps; ++k) {
        const double t = static_cast<double>(k) * h;
        const torch::Tensor at_start = v(x, t);
        const torch::Tensor first_middle = v(x + at_start * (h / 2), t + h / 2);
        const torch::Tensor second_middle = v(x + first_middle * (h / 2), t + h / 2);
        const torch::Tensor at_end = v(x + second_middle * h, t + h);
        x = x + (at_start + (first_middle + second_middle) * 2 + at_end) * (h / 6);
    }
    return x;
}

std::vector<torch::Tensor> CnfModel::noise(int64_t count, const Random& random) const {
    // One time in each of `count` equal intervals, which makes the loss of a batch less noisy.
    torch::Tensor times = torch::empty({count, 1}, torch::kFloat32);
    auto* t = times.data_ptr<float>();
    const kernels::RandomStream stream{random.seed, kernels::Purpose::Jitter, 0};
    for (int64_t i = 0; i < count; ++i) {
        const double u = kernels::uniform(stream, static_cast<uint64_t>(i), 0);
        t[i] = static_cast<float>((static_cast<double>(i) + u) / static_cast<double>(count));
    }
    return {standard_normals(count, 2, random), times};
}

torch::Tensor CnfModel::loss(const torch::Tensor& data, const std::vector<torch::Tensor>& noise) const {
    const torch::Tensor& z = noise[0];
    const torch::Tensor& t = noise[1];
    return at::mse_loss(velocity(at::lerp(z, data, t), t), data - z);
}

int64_t CnfModel::numbers_in_training() const {
    return 4 * config_.width * (config_.layers + 1);
}

nlohmann::json CnfModel::architecture() const {
    return {{"type", "cnf"}, {"width", config_.width}, {"layers", config_.layers}};
}

}  // namespace drift
