#include "core/nets/mlp.h"

#include <cmath>
#include <numbers>

namespace drift {

Mlp::Mlp(ParameterStore& store, const std::string& name, const MlpConfig& config) {
    int64_t in = config.in;
    for (int64_t i = 0; i <= config.layers; ++i) {
        const bool last = i == config.layers;
        const int64_t out = last ? config.out : config.width;
        const double gain = last ? config.out_scale : std::numbers::sqrt2;
        const std::string layer = name + "." + std::to_string(i);
        layers_.push_back({store.add(layer + ".weight", {out, in}, gain / std::sqrt(static_cast<double>(in))),
                           store.add(layer + ".bias", {out}, last ? 0 : 0.3)});
        in = out;
    }
}

torch::Tensor Mlp::forward(const ParameterStore& store, const torch::Tensor& x, bool frozen) const {
    torch::Tensor h = x;
    for (size_t i = 0; i < layers_.size(); ++i) {
        torch::Tensor weight = store[layers_[i].weight];
        torch::Tensor bias = store[layers_[i].bias];
        if (frozen) {
            weight = weight.detach();
            bias = bias.detach();
        }
        h = at::addmm(bias, i == 0 ? h : at::silu(h), weight.t());
    }
    return h;
}

}  // namespace drift
