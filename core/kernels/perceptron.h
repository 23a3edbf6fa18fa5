// A small perceptron and its derivatives for many rows, tile by tile: what a tile of rows becomes on its way through
// all layers stays in the nearest cache. Single precision, on the CPU; runs on the calling thread alone, so that
// callers share their batches out as they like and sums are always in the same order.
#pragma once

#include <cstdint>

namespace drift::kernels {

/// Rows of all layers are padded to a whole number of the widest vectors.
inline constexpr int64_t perceptron_lanes = 16;
inline constexpr int64_t max_perceptron_width = 256;

/// The network of core/nets/time_net.h. Weights are [out, in] as there, or transposed and padded where it says so.
struct Perceptron {
    int64_t in = 0, width = 0, out = 0, padded_out = 0, layers = 0;
    const float* in_transposed = nullptr;     // [in, width]
    const float* in_bias = nullptr;           // [width]
    const float* inner = nullptr;             // [layers][width, width], `inner_stride` numbers apart
    const float* inner_bias = nullptr;        // [layers][width], likewise
    const float* inner_transposed = nullptr;  // [layers, width, width]
    int64_t inner_stride = 0;
    const float* out_weight = nullptr;      // [out, width]
    const float* out_transposed = nullptr;  // [width, padded_out]
    const float* out_bias = nullptr;        // [padded_out]
};

struct PerceptronRows {
    int64_t count = 0;
    int64_t rows_per_step = 1;     // in a row that share one of `times`
    int64_t kept = 0;              // rows from a layer of `after` and `slope` to the next, `count` or more
    const float* x = nullptr;      // [count, in]
    const float* times = nullptr;  // [steps, width]
};

/// `out` [count, out]. `after` and `slope` [layers + 1][kept, width] become the activations and their derivatives;
/// either both or neither are null.
void perceptron_forward(const Perceptron& net, const PerceptronRows& rows, float* out, float* after, float* slope);

/// What the rows of one step leave, from the first row of a path on. Rows of `after` and `slope` are `kept` from a
/// layer to the next.
struct PerceptronStep {
    float* in = nullptr;     // [count, in]
    float* out = nullptr;    // [count, out]
    float* after = nullptr;  // [layers + 1][kept, width]
    float* slope = nullptr;  // likewise
    int64_t kept = 0;
};

/// Places that the answers of the network lead to, one after the other. With answer = net([scale_k x_k, told]),
///
///     mean_k = factor_k x_k,   x_{k+1} = (shift + e move_k) + mean_k,   shift = gain_k answer within +- largest
///     gain_k,
///
/// and e = exp(range / 2 tanh(the second d numbers of the answer)) where `range` is above 0, else 1.
struct PerceptronPath {
    int64_t count = 0, steps = 0, dims = 0, told_size = 0;
    float range = 0, largest = 0;
    const float* scale = nullptr;  // [steps], and so are those below
    const float* gain = nullptr;
    const float* factor = nullptr;
    const float* times = nullptr;          // [steps, width]
    const float* told = nullptr;           // [count, told_size]
    int64_t apart = 0;                     // numbers from one step of the following to the next
    float* x = nullptr;                    // [steps + 1][count, dims]; x_0 is given
    float* mean = nullptr;                 // [steps][count, dims]
    const float* moves = nullptr;          // likewise
    const PerceptronStep* kept = nullptr;  // [steps]
};

/// A tile of rows goes all the way before the next one starts.
void perceptron_path(const Perceptron& net, const PerceptronPath& path);

/// What a gradient at the output adds to those of the weights.
struct PerceptronGradient {
    float* in_transposed = nullptr;  // [in, width]
    float* inner = nullptr;          // as in Perceptron, with the same stride
    float* inner_bias = nullptr;
    float* out_weight = nullptr;  // [out, width]
    float* out_bias = nullptr;    // [out]
    float* times = nullptr;       // [steps, width]; their sum is that of the first bias
    float* first = nullptr;       // [count, width] the gradient before the first activation, written; or null
};

void perceptron_backward(const Perceptron& net, const PerceptronRows& rows, const float* after, const float* slope,
                         const float* at_out, const PerceptronGradient& gradient);

}  // namespace drift::kernels
