// A small class-conditional U-Net for square pictures: pixels are first folded 2x2 into channels, so that the widest
// convolutions run at half the resolution, which on a CPU is the difference between a live picture and a slide show.
#pragma once

#include "core/nets/parameter_store.h"
#include "core/torch.h"

#include <vector>

namespace drift {

struct UnetConfig {
    int64_t image = 28;        // height and width in pixels, a multiple of 4
    int64_t channels = 1;      // of the picture
    int64_t width = 64;        // channels at half resolution
    int64_t deep_width = 128;  // channels at quarter resolution
    int64_t embedding = 128;   // length of the noise-and-class embedding
    int64_t classes = 10;
    int64_t blocks = 1;        // residual blocks on each side of each level
    int64_t heads = 4;         // of the attention at quarter resolution; 0 leaves it out
    int64_t groups = 8;        // of the group norms
    int64_t out_channels = 0;  // of the answer; 0: as many as of the picture
    double out_gain = 0.1;     // of the last layer's starting values; 0: the first answer is 0
};

/// The bare network F of EDM preconditioning; `DenoiserNet` puts c_skip, c_out, c_in and c_noise around it.
class Unet {
public:
    explicit Unet(const UnetConfig& config);

    /// F(x; c_noise, label): x [n, channels, image, image], c_noise [n], labels int64 [n] with `classes` for "none";
    /// returns the shape of x, or that with `out_channels`. Parameters must be bound.
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& c_noise, const torch::Tensor& labels) const;

    const UnetConfig& config() const { return config_; }
    ParameterStore& parameters() { return store_; }
    const ParameterStore& parameters() const { return store_; }

private:
    struct Conv {
        size_t weight, bias;
    };
    struct Norm {
        size_t weight, bias;
    };
    struct Block {
        Norm norm1, norm2;
        Conv conv1, conv2, film, skip;
        bool has_skip;
    };
    struct Attention {
        Norm norm;
        Conv qkv, out;
    };

    Conv add_conv(const std::string& name, int64_t in, int64_t out, int64_t size, double gain);
    Conv add_linear(const std::string& name, int64_t in, int64_t out, double gain);
    Norm add_norm(const std::string& name, int64_t channels);
    Block add_block(const std::string& name, int64_t in, int64_t out);

    torch::Tensor conv(const Conv& layer, const torch::Tensor& x, int64_t stride = 1) const;
    torch::Tensor linear(const Conv& layer, const torch::Tensor& x) const;
    torch::Tensor norm(const Norm& layer, const torch::Tensor& x) const;
    torch::Tensor block(const Block& layer, const torch::Tensor& x, const torch::Tensor& embedding) const;
    torch::Tensor attention(const torch::Tensor& x) const;
    torch::Tensor embed(const torch::Tensor& c_noise, const torch::Tensor& labels) const;

    UnetConfig config_;
    ParameterStore store_;
    Conv noise1_{}, noise2_{}, in_{}, down_{}, up_{}, out_{};
    size_t class_table_ = 0;
    Norm out_norm_{};
    std::vector<Block> left_, middle_, right_;
    Attention attention_{};
};

}  // namespace drift
