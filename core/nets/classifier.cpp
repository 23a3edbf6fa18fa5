#include "core/nets/classifier.h"

#include <cmath>

namespace drift {
namespace {

constexpr int64_t fold = 2;

}  // namespace

Classifier::Classifier(const ClassifierConfig& config) : config_(config) {
    const int64_t side = config.image / (2 * fold);
    const int64_t flat = config.deep_width * side * side;
    in_ = add_layer("in", fold * fold, config.width);
    wide_ = add_layer("wide", config.width, config.width);
    down_ = add_layer("down", config.width, config.deep_width);
    deep_ = add_layer("deep", config.deep_width, config.deep_width);
    features_weight_ = store_.add("features.weight", {config.features, flat}, 1 / std::sqrt(static_cast<double>(flat)));
    features_bias_ = store_.add("features.bias", {config.features}, 0);
    const double scale = 1 / std::sqrt(static_cast<double>(config.features));
    out_weight_ = store_.add("out.weight", {config.classes, config.features}, scale);
    out_bias_ = store_.add("out.bias", {config.classes}, 0);
}

Classifier::Layer Classifier::add_layer(const std::string& name, int64_t in, int64_t out) {
    const double scale = 1 / std::sqrt(static_cast<double>(in * 9));
    Layer layer{};
    layer.weight = store_.add(name + ".weight", {out, in, 3, 3}, scale);
    layer.bias = store_.add(name + ".bias", {out}, 0);
    layer.norm_weight = store_.add(name + ".norm.weight", {out}, 0, 1);
    layer.norm_bias = store_.add(name + ".norm.bias", {out}, 0);
    return layer;
}

torch::Tensor Classifier::apply(const Layer& layer, const torch::Tensor& x, int64_t stride) const {
    const torch::Tensor h = at::conv2d(x, store_[layer.weight], store_[layer.bias], stride, 1);
    return at::silu(at::group_norm(h, config_.groups, store_[layer.norm_weight], store_[layer.norm_bias]));
}

torch::Tensor Classifier::features(const torch::Tensor& x) const {
    torch::Tensor h = at::pixel_unshuffle(x.to(store_[in_.weight].scalar_type()), fold);
    h = apply(in_, h.contiguous(torch::MemoryFormat::ChannelsLast), 1);
    h = apply(wide_, h, 1);
    h = apply(down_, h, 2);
    h = h + apply(deep_, h, 1);
    h = h.permute({0, 2, 3, 1}).reshape({x.size(0), -1});
    return at::silu(at::linear(h, store_[features_weight_], store_[features_bias_]));
}

torch::Tensor Classifier::log_probabilities(const torch::Tensor& x) const {
    const torch::Tensor scores = at::linear(features(x), store_[out_weight_], store_[out_bias_]);
    return at::log_softmax(scores, 1, torch::kFloat32);
}

}  // namespace drift
