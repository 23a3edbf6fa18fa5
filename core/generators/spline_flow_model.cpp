#include "core/generators/spline_flow_model.h"

#include "core/nets/spline.h"

#include <cmath>
#include <numbers>

namespace drift {
namespace {

/// Where splines end, in units of the noise and of the data's spread: 6 of 100,000 normal numbers lie outside.
constexpr double bound = 4;
constexpr double first_scale = 0.1;  // of the networks' starting values: the flow starts near the identity

/// The columns of x with `bent` in place of the one that a coupling changes.
torch::Tensor with_column(const torch::Tensor& other, const torch::Tensor& bent, int64_t changed) {
    return changed == 0 ? torch::stack({bent, other}, 1) : torch::stack({other, bent}, 1);
}

}  // namespace

SplineFlowModel::SplineFlowModel(const SplineFlowConfig& config) : config_(config) {
    for (int64_t i = 0; i < config.couplings; ++i) {
        nets_.emplace_back(store_, "coupling" + std::to_string(i),
                           MlpConfig{1, spline_numbers(config.bins), config.width, config.layers, first_scale});
    }
}

torch::Tensor SplineFlowModel::generate(const torch::Tensor& z) const {
    torch::Tensor x = z;
    for (int64_t i = config_.couplings - 1; i >= 0; --i) {
        const int64_t changed = i % 2;
        const torch::Tensor other = x.select(1, 1 - changed);
        const torch::Tensor numbers = nets_[static_cast<size_t>(i)].forward(store_, other.unsqueeze(1));
        const Bent bent = bend_back(splines_of(numbers, config_.bins, bound), x.select(1, changed));
        x = with_column(other, bent.value, changed);
    }
    return x;
}

torch::Tensor SplineFlowModel::log_density(const torch::Tensor& x) const {
    torch::Tensor u = x;
    torch::Tensor log_slopes = torch::zeros({x.size(0)}, x.options());
    for (int64_t i = 0; i < config_.couplings; ++i) {
        const int64_t changed = i % 2;
        const torch::Tensor other = u.select(1, 1 - changed);
        const torch::Tensor numbers = nets_[static_cast<size_t>(i)].forward(store_, other.unsqueeze(1));
        const Bent bent = bend(splines_of(numbers, config_.bins, bound), u.select(1, changed));
        u = with_column(other, bent.value, changed);
        log_slopes = log_slopes + bent.log_slope;
    }
    return u.square().sum(1) * -0.5 - std::log(2 * std::numbers::pi) + log_slopes;
}

std::vector<torch::Tensor> SplineFlowModel::noise(int64_t /*count*/, const Random& /*random*/) const {
    return {};
}

torch::Tensor SplineFlowModel::loss(const torch::Tensor& data, const std::vector<torch::Tensor>& /*noise*/) const {
    return -log_density(data).mean();
}

int64_t SplineFlowModel::numbers_in_training() const {
    return config_.couplings * (4 * config_.width * (config_.layers + 1) + 100 * config_.bins);
}

nlohmann::json SplineFlowModel::architecture() const {
    return {{"type", "normalising_flow"},
            {"width", config_.width},
            {"layers", config_.layers},
            {"couplings", config_.couplings},
            {"bins", config_.bins}};
}

}  // namespace drift
