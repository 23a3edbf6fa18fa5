// A small convolutional classifier of pictures. Its last hidden layer serves as the feature space in which sets of
// pictures are compared; its log-probabilities serve as a reward.
#pragma once

#include "core/nets/parameter_store.h"
#include "core/torch.h"

namespace drift {

struct ClassifierConfig {
    int64_t image = 28;       // height and width in pixels, a multiple of 4
    int64_t width = 32;       // channels at half resolution
    int64_t deep_width = 64;  // channels at quarter resolution
    int64_t features = 64;
    int64_t classes = 10;
    int64_t groups = 8;
};

class Classifier {
public:
    explicit Classifier(const ClassifierConfig& config);

    /// The features [n, features] of pictures x [n, 1, image, image] in [-1, 1].
    torch::Tensor features(const torch::Tensor& x) const;
    /// log p(class | x), [n, classes].
    torch::Tensor log_probabilities(const torch::Tensor& x) const;

    const ClassifierConfig& config() const { return config_; }
    ParameterStore& parameters() { return store_; }
    const ParameterStore& parameters() const { return store_; }

private:
    struct Layer {
        size_t weight, bias, norm_weight, norm_bias;
    };
    Layer add_layer(const std::string& name, int64_t in, int64_t out);
    torch::Tensor apply(const Layer& layer, const torch::Tensor& x, int64_t stride) const;

    ClassifierConfig config_;
    ParameterStore store_;
    Layer in_{}, wide_{}, down_{}, deep_{};
    size_t features_weight_ = 0, features_bias_ = 0, out_weight_ = 0, out_bias_ = 0;
};

}  // namespace drift
