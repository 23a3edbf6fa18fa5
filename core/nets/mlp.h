// A perceptron whose numbers lie in a store that it may share with others, so that a generator of several networks is
// one flat array to the optimiser and in its weight file.
#pragma once

#include "core/nets/parameter_store.h"
#include "core/torch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

struct MlpConfig {
    int64_t in = 2;
    int64_t out = 2;
    int64_t width = 64;
    int64_t layers = 3;    // hidden ones
    double out_scale = 1;  // of the last layer's starting values; 0: the network starts as 0
};

/// W_l silu(... silu(W_1 x + b_1) ...) + b_l.
class Mlp {
public:
    Mlp(ParameterStore& store, const std::string& name, const MlpConfig& config);

    /// [n, out] for x [n, in]. `frozen`: no gradient reaches the numbers of the network.
    torch::Tensor forward(const ParameterStore& store, const torch::Tensor& x, bool frozen = false) const;

private:
    struct Layer {
        size_t weight, bias;
    };
    std::vector<Layer> layers_;
};

}  // namespace drift
