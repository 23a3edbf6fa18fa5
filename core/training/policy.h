// What is learned: a network that moves the mean of every step of a reference, and its variance if it may. It starts
// as the reference itself. trained_samplers.md 1.2 and 1.6.
#pragma once

#include "core/torch.h"
#include "core/training/policy_network.h"
#include "core/training/reference.h"

#include <memory>
#include <vector>

namespace drift {

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
        std::unique_ptr<PolicyNetwork::Tape> net;
        torch::Tensor bend;      // tanh of what log_scale is made of
        torch::Tensor gradient;  // of the input
    };
    using Gradient = PolicyNetwork::Gradient;

    int64_t count() const { return net_->parameters().count(); }
    torch::Tensor initial_values(uint64_t seed) const;
    /// Takes these weights [count] from now on.
    void bind(const torch::Tensor& weights);

    /// Leaves derivatives to autograd from now on, which collects them in the returned tensor [count]: what the
    /// written-out ones are tested and timed against.
    torch::Tensor collect_gradients() { return net_->collect_gradients(); }

    /// For tests and benchmarks: whether the fused kernel of the network may be used.
    void allow_kernel(bool allowed) { net_->allow_kernel(allowed); }

    Answer answer(const std::vector<int64_t>& steps, const Input& input, Tape* tape = nullptr) const;

    /// The answer at one step for the trajectories from `first` on, kept.
    Answer answer_into(int64_t step, int64_t first, const Input& input, PolicyNetwork::Kept& kept) const;
    /// All steps of the trajectories from `first` on, where the network takes them at once and the mean of the
    /// reference is a multiple of x: what `path` leaves to say of the policy is filled in. False if they go one by one.
    bool follow(PolicyNetwork::Path path, int64_t first, PolicyNetwork::Kept& kept) const;
    /// The answers of all kept trajectories at steps of one block, of which `input` may leave out x.
    Answer answer_from(const std::vector<int64_t>& steps, const Input& input, const PolicyNetwork::Kept& kept,
                       Tape* tape) const;

    Gradient no_gradient() const { return net_->no_gradient(); }
    /// Adds to `gradient` what the gradient at an answer means for the weights. `at_x` becomes that at x [s, n, d]
    /// unless it is null.
    void backward(const Tape& tape, const Answer& at_answer, Gradient& gradient, torch::Tensor* at_x = nullptr) const;
    /// The whole gradient [count].
    torch::Tensor finished(const std::vector<Gradient>& parts) const { return net_->finished(parts); }

    const PolicyOptions& options() const { return options_; }
    const Reference& reference() const { return *reference_; }
    const PolicyNetwork& network() const { return *net_; }
    const ParameterStore& parameters() const { return net_->parameters(); }
    /// v_k of all steps, [T, 1, 1].
    const torch::Tensor& variances() const { return variances_; }
    const torch::TensorOptions& numbers() const { return numbers_; }

private:
    /// What the network's numbers `raw` mean.
    Answer made_of(const torch::Tensor& raw, const std::vector<int64_t>& steps, const Input& input, Tape* tape) const;
    torch::Tensor network_input(const std::vector<int64_t>& steps, const Input& input) const;

    std::shared_ptr<const Reference> reference_;
    PolicyOptions options_;
    torch::TensorOptions numbers_;
    std::unique_ptr<PolicyNetwork> net_;
    torch::Tensor gains_, scales_, variances_;  // [T, 1, 1]
    torch::Tensor mean_factors_;                // likewise; undefined where the mean is no multiple of x
};

}  // namespace drift
