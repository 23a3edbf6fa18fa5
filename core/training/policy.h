// What is learned: a network that moves the mean of every step of a reference, and its variance if it may. It starts
// as the reference itself. trained_samplers.md 1.2 and 1.6.
#pragma once

#include "core/nets/time_net.h"
#include "core/training/reference.h"

#include <torch/types.h>

#include <memory>
#include <vector>

namespace drift {

struct PolicyOptions {
    int64_t width = 64;
    int64_t layers = 2;
    int64_t frequencies = 64;
    bool learn_variance = false;
    double variance_range = 4;  // ln v moves by at most so much
    bool langevin = false;      // the network also says how far to follow the gradient of the log density
    int64_t observed = 0;       // numbers of an observation that the network is told

    bool operator==(const PolicyOptions&) const = default;
};

/// The largest component of a gradient that the network is given, in units of the reference.
inline constexpr double largest_gradient = 100;

/// q(x_{k+1} | x_k) = N(mean + shift, v exp(log_scale)) with the mean and variance v of the reference.
class Policy {
public:
    Policy(std::shared_ptr<const Reference> reference, const PolicyOptions& options,
           const torch::TensorOptions& numbers);

    /// Places of n trajectories at s steps.
    struct Input {
        torch::Tensor x;         // [s, n, d]
        torch::Tensor gradient;  // [s, n, d] of the log density there, clipped; undefined without langevin
        torch::Tensor observed;  // [n, m]; undefined where there is no observation to be told
    };
    struct Answer {
        torch::Tensor shift;      // [s, n, d]
        torch::Tensor log_scale;  // [s, n, d]; undefined where the variance is not learned
    };
    struct Tape {
        std::vector<int64_t> steps;
        TimeNet::Tape net;
        torch::Tensor bend;      // tanh of what log_scale is made of
        torch::Tensor gradient;  // of the input
    };
    /// Sums over steps and trajectories.
    struct Gradient {
        torch::Tensor weights;  // [count]
        torch::Tensor rows;     // [T, width], of the network's times
    };

    int64_t count() const { return net_.parameters().count(); }
    torch::Tensor initial_values(uint64_t seed) const;
    /// Takes these weights [count] from now on.
    void bind(const torch::Tensor& weights);

    /// Leaves derivatives to autograd from now on, which collects them in the returned tensor [count]: what the
    /// written-out ones are tested and timed against.
    torch::Tensor collect_gradients();

    /// For tests and benchmarks: whether the fused kernel of the network may be used.
    void allow_kernel(bool allowed) { net_.allow_kernel(allowed); }

    Answer answer(const std::vector<int64_t>& steps, const Input& input, Tape* tape = nullptr) const;

    Gradient no_gradient() const;
    /// Adds to `gradient` what the gradient at an answer means for the weights. `at_x` becomes that at x [s, n, d]
    /// unless it is null.
    void backward(const Tape& tape, const Answer& at_answer, Gradient& gradient, torch::Tensor* at_x = nullptr) const;
    /// The whole gradient [count].
    torch::Tensor finished(const std::vector<Gradient>& parts) const;

    const PolicyOptions& options() const { return options_; }
    const Reference& reference() const { return *reference_; }
    const TimeNetConfig& network() const { return net_.config(); }
    const ParameterStore& parameters() const { return net_.parameters(); }
    /// v_k of all steps, [T, 1, 1].
    const torch::Tensor& variances() const { return variances_; }
    const torch::TensorOptions& numbers() const { return numbers_; }

private:
    torch::Tensor network_input(const std::vector<int64_t>& steps, const Input& input) const;

    std::shared_ptr<const Reference> reference_;
    PolicyOptions options_;
    torch::TensorOptions numbers_;
    TimeNet net_;
    TimeNet::Times times_;
    torch::Tensor gains_, scales_, variances_;  // [T, 1, 1]
};

/// Rows `steps` of `all` [T, ...]; a view where they follow each other.
torch::Tensor rows_at(const torch::Tensor& all, const std::vector<int64_t>& steps);

}  // namespace drift
