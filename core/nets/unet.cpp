#include "core/nets/unet.h"

#include <cmath>
#include <string>

namespace drift {
namespace {

constexpr int64_t fold = 2;

}  // namespace

Unet::Unet(const UnetConfig& config) : config_(config) {
    const int64_t folded = config.channels * fold * fold;
    const int64_t e = config.embedding;
    noise1_ = add_linear("noise1", e, e, 1);
    noise2_ = add_linear("noise2", e, e, 1);
    class_table_ = store_.add("class", {config.classes + 1, e}, 0.5);
    in_ = add_conv("in", folded, config.width, 3, 1);
    for (int64_t i = 0; i < config.blocks; ++i) {
        left_.push_back(add_block("left" + std::to_string(i), config.width, config.width));
    }
    down_ = add_conv("down", config.width, config.deep_width, 3, 1);
    for (int64_t i = 0; i < 2 * config.blocks; ++i) {
        middle_.push_back(add_block("middle" + std::to_string(i), config.deep_width, config.deep_width));
    }
    if (config.heads > 0) {
        attention_.norm = add_norm("attention.norm", config.deep_width);
        attention_.qkv = add_linear("attention.qkv", config.deep_width, 3 * config.deep_width, 1);
        attention_.out = add_linear("attention.out", config.deep_width, config.deep_width, 0.1);
    }
    up_ = add_conv("up", config.deep_width, config.width * fold * fold, 1, 1);
    for (int64_t i = 0; i < config.blocks; ++i) {
        right_.push_back(add_block("right" + std::to_string(i), (i == 0 ? 2 : 1) * config.width, config.width));
    }
    out_norm_ = add_norm("out.norm", config.width);
    const int64_t out_channels = config.out_channels > 0 ? config.out_channels : config.channels;
    out_ = add_conv("out", config.width, out_channels * fold * fold, 3, config.out_gain);
}

Unet::Conv Unet::add_conv(const std::string& name, int64_t in, int64_t out, int64_t size, double gain) {
    const double scale = gain / std::sqrt(static_cast<double>(in * size * size));
    return {store_.add(name + ".weight", {out, in, size, size}, scale), store_.add(name + ".bias", {out}, 0)};
}

Unet::Conv Unet::add_linear(const std::string& name, int64_t in, int64_t out, double gain) {
    const double scale = gain / std::sqrt(static_cast<double>(in));
    return {store_.add(name + ".weight", {out, in}, scale), store_.add(name + ".bias", {out}, 0)};
}

Unet::Norm Unet::add_norm(const std::string& name, int64_t channels) {
    return {store_.add(name + ".weight", {channels}, 0, 1), store_.add(name + ".bias", {channels}, 0)};
}

Unet::Block Unet::add_block(const std::string& name, int64_t in, int64_t out) {
    Block block{};
    block.norm1 = add_norm(name + ".norm1", in);
    block.conv1 = add_conv(name + ".conv1", in, out, 3, 1);
    block.film = add_linear(name + ".film", config_.embedding, 2 * out, 0.3);
    block.norm2 = add_norm(name + ".norm2", out);
    block.conv2 = add_conv(name + ".conv2", out, out, 3, 0.1);
    block.has_skip = in != out;
    if (block.has_skip) {
        block.skip = add_conv(name + ".skip", in, out, 1, 1);
    }
    return block;
}

torch::Tensor Unet::conv(const Conv& layer, const torch::Tensor& x, int64_t stride) const {
    const torch::Tensor& weight = store_[layer.weight];
    return at::conv2d(x, weight, store_[layer.bias], stride, weight.size(2) / 2);
}

torch::Tensor Unet::linear(const Conv& layer, const torch::Tensor& x) const {
    return at::linear(x, store_[layer.weight], store_[layer.bias]);
}

torch::Tensor Unet::norm(const Norm& layer, const torch::Tensor& x) const {
    return at::group_norm(x, config_.groups, store_[layer.weight], store_[layer.bias]);
}

torch::Tensor Unet::block(const Block& layer, const torch::Tensor& x, const torch::Tensor& embedding) const {
    torch::Tensor h = conv(layer.conv1, at::silu(norm(layer.norm1, x)));
    const auto film = linear(layer.film, embedding).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
    h = at::silu(at::addcmul(film[1], norm(layer.norm2, h), film[0] + 1));
    h = conv(layer.conv2, h);
    return h + (layer.has_skip ? conv(layer.skip, x) : x);
}

torch::Tensor Unet::attention(const torch::Tensor& x) const {
    const int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
    // [n, tokens, channels]: in channels-last memory this is a view
    const torch::Tensor tokens = norm(attention_.norm, x).permute({0, 2, 3, 1}).reshape({n, h * w, c});
    const auto qkv = linear(attention_.qkv, tokens)
                         .view({n, h * w, 3, config_.heads, c / config_.heads})
                         .permute({2, 0, 3, 1, 4})
                         .unbind(0);
    const torch::Tensor mixed = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]);
    const torch::Tensor out = linear(attention_.out, mixed.transpose(1, 2).reshape({n, h * w, c}));
    return x + out.view({n, h, w, c}).permute({0, 3, 1, 2});
}

torch::Tensor Unet::embed(const torch::Tensor& c_noise, const torch::Tensor& labels) const {
    const int64_t half = config_.embedding / 2;
    const auto options = c_noise.options().dtype(torch::kFloat32);
    // c_noise = ln(sigma) / 4 spans about [-1.5, 1]; frequencies from 1 to 64 resolve that range
    const torch::Tensor frequency = at::exp(at::linspace(0, std::log(64.0), half, options));
    const torch::Tensor angle = c_noise.to(torch::kFloat32).unsqueeze(1) * frequency;
    const torch::Tensor features = at::cat({at::cos(angle), at::sin(angle)}, 1).to(store_[class_table_].scalar_type());
    const torch::Tensor noise = linear(noise2_, at::silu(linear(noise1_, features)));
    return at::silu(noise + at::embedding(store_[class_table_], labels));
}

torch::Tensor Unet::forward(const torch::Tensor& x, const torch::Tensor& c_noise, const torch::Tensor& labels) const {
    const torch::Tensor embedding = embed(c_noise, labels);
    const torch::Tensor folded = at::pixel_unshuffle(x, fold).to(store_[in_.weight].scalar_type());
    torch::Tensor h = conv(in_, folded.contiguous(torch::MemoryFormat::ChannelsLast));
    for (const Block& layer : left_) {
        h = block(layer, h, embedding);
    }
    const torch::Tensor kept = h;
    h = conv(down_, h, 2);
    for (size_t i = 0; i < middle_.size(); ++i) {
        h = block(middle_[i], h, embedding);
        if (config_.heads > 0 && i + 1 == middle_.size() / 2) {
            h = attention(h);
        }
    }
    h = at::pixel_shuffle(conv(up_, h), fold);
    h = at::cat({h, kept}, 1).contiguous(torch::MemoryFormat::ChannelsLast);
    for (const Block& layer : right_) {
        h = block(layer, h, embedding);
    }
    h = conv(out_, at::silu(norm(out_norm_, h)));
    return at::pixel_shuffle(h, fold).to(x.scalar_type());
}

}  // namespace drift
