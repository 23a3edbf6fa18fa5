// The network of trained samplers (the "PIS architecture", trained_samplers.md 1.2): a small perceptron on a state,
// with the time of the step added to its first layer. Derivatives are written out: training knows what it wants at the
// output before it looks at the network again, and needs no graph for that.
//
//     rows(t) = W2 gelu(W1 [sin(w t + phi), cos(w t + phi)] + b1) + b2
//     out     = V gelu(... gelu(U x + c + rows(t)) ...) + e,   V = e = 0 at the start
#pragma once

#include "core/kernels/perceptron.h"
#include "core/nets/parameter_store.h"
#include "core/torch.h"

#include <vector>

namespace drift {

struct TimeNetConfig {
    int64_t in = 2;
    int64_t out = 2;
    int64_t width = 64;
    int64_t layers = 2;        // between the first and the last
    int64_t frequencies = 64;  // from 0.1 to 100

    bool operator==(const TimeNetConfig&) const = default;
};

class TimeNet {
public:
    explicit TimeNet(const TimeNetConfig& config);

    /// What the times of all steps become, and what the way back needs.
    struct Times {
        torch::Tensor times;          // [T]
        torch::Tensor angles;         // [T, frequencies]
        torch::Tensor before, after;  // [T, width] the hidden layer and its gelu
        torch::Tensor rows;           // [T, width]
    };
    /// What a block of rows leaves for the way back.
    struct Tape {
        torch::Tensor x;                   // [s * n, in]
        std::vector<torch::Tensor> after;  // [s * n, width] the gelu of each layer
        std::vector<torch::Tensor> slope;  // and its derivative there
        int64_t kept = 0;                  // rows from a layer to the next where they are parts of one tensor
    };

    /// Takes these weights [count] from now on. Where they allow, a fused kernel computes with them.
    void bind(const torch::Tensor& flat);
    /// Leaves derivatives to autograd from now on, which collects them in the returned tensor [count].
    torch::Tensor collect_gradients();
    /// For tests and benchmarks: whether the kernel may be used.
    void allow_kernel(bool allowed);

    Times embed(const torch::Tensor& times) const;
    /// [s, n, out] for x [s, n, in], with rows [s, width] of embed(). `tape` may be null.
    torch::Tensor forward(const torch::Tensor& rows, const torch::Tensor& x, Tape* tape) const;
    /// Whether rows may be kept piece by piece, by the fused kernel.
    bool keeps_pieces() const { return fused_; }
    /// Room for what so many rows leave.
    Tape room(int64_t rows) const;
    /// Forward for x [1, n, in] at one step, whose rows in `room` are those from `first` on. `out` [1, n, out].
    void forward_into(const torch::Tensor& rows, const torch::Tensor& x, int64_t first, Tape& room,
                      torch::Tensor& out) const;
    /// Rows that find their way by the kernel, where it may be used. `path.times` are filled in.
    void follow(const torch::Tensor& rows, kernels::PerceptronPath path) const;
    /// `count` rows of it.
    static Tape part_of(const Tape& room, int64_t first, int64_t count);
    /// Adds to `gradient` [count] for a gradient [s, n, out] at the output, and returns that at the rows [s, width].
    /// Where `at_x` is not null it becomes that at x.
    torch::Tensor backward(const Tape& tape, const torch::Tensor& at_out, torch::Tensor& gradient,
                           torch::Tensor* at_x = nullptr) const;
    /// The rest of it: from the gradient at all rows [T, width] to what makes them.
    void backward_times(const Times& times, const torch::Tensor& at_rows, torch::Tensor& gradient) const;

    const TimeNetConfig& config() const { return config_; }
    const ParameterStore& parameters() const { return store_; }

private:
    struct Layer {
        size_t weight, bias;
    };
    Layer add(const std::string& name, int64_t in, int64_t out, double scale);
    torch::Tensor apply(const Layer& layer, const torch::Tensor& x) const;
    torch::Tensor part(const torch::Tensor& flat, size_t index) const;
    /// Adds what the layer's numbers get, and returns the gradient at its input.
    torch::Tensor back_through(const Layer& layer, const torch::Tensor& x, const torch::Tensor& at_out,
                               torch::Tensor& gradient, bool wants_input) const;

    Tape room_around(const torch::Tensor& x) const;
    void run_kernel(const torch::Tensor& rows, const torch::Tensor& x, const Tape* tape, int64_t first,
                    torch::Tensor& out) const;
    torch::Tensor fused_forward(const torch::Tensor& rows, const torch::Tensor& x, Tape* tape) const;
    torch::Tensor fused_backward(const Tape& tape, const torch::Tensor& at_out, torch::Tensor& gradient,
                                 torch::Tensor* at_x) const;

    TimeNetConfig config_;
    ParameterStore store_;
    torch::Tensor flat_;
    bool fused_ = false;
    kernels::Perceptron kernel_;
    torch::Tensor in_transposed_, inner_transposed_, out_transposed_, padded_bias_;  // that kernel_ points at
    size_t phases_ = 0;
    Layer time_in_{}, time_out_{}, in_{}, out_{};
    std::vector<Layer> inner_;
};

}  // namespace drift
