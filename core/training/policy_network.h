// What a policy asks for numbers: a network that looks at states at given steps. It knows nothing of means, variances
// and gradients of densities. One implementation per file: policy_mlp.cpp and policy_unet.cpp. Work comes in blocks of
// rows, so that a call costs nothing beside it.
#pragma once

#include "core/nets/parameter_store.h"
#include "core/torch.h"
#include "core/training/pieces.h"
#include "core/training/policy_options.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace drift {

class PolicyNetwork {
public:
    /// What a block of rows leaves for the way back.
    struct Tape {
        virtual ~Tape() = default;
    };
    /// Answers of all steps of some trajectories, and what they leave for the way back.
    struct Kept {
        virtual ~Kept() = default;
        torch::Tensor out;  // [T, n, out]
        int64_t count() const { return out.size(1); }
    };
    /// Trajectories on their way through all steps, as a policy sees them that answers with a shift, and a bend of the
    /// variance where `range` is above 0: kernels::PerceptronPath.
    struct Path {
        torch::Tensor scale{}, gain{}, factor{};  // [T, 1, 1]
        float range = 0, largest = 0;
        torch::Tensor told;   // [n, m] or undefined
        torch::Tensor x;      // [T + 1, n, d], of which the first is given
        torch::Tensor mean;   // [T, n, d]
        torch::Tensor moves;  // [T, n, d]
    };
    /// Sums over steps and trajectories.
    struct Gradient {
        torch::Tensor weights;  // [count]
        torch::Tensor rows;     // [T, width], of the times of a perceptron; else undefined
    };
    /// How much work goes together. What comes out depends on these and on the counts, never on the number of threads.
    struct Portions {
        int64_t rolled = 160;   // trajectories that one thread takes through their steps
        int64_t walked = 512;   // particles that one thread takes through one step
        int64_t scored = 1500;  // rows of a block of steps: what the network leaves stays in a cache
        int64_t parts = std::numeric_limits<int64_t>::max();  // sums, each as large as the weights, kept at a time
    };

    virtual ~PolicyNetwork() = default;
    virtual const ParameterStore& parameters() const = 0;
    /// Its kind and sizes, for files.
    virtual nlohmann::json architecture() const = 0;
    virtual Portions portions() const { return {}; }
    /// Of so many steps of n trajectories: those whose rows are scored together.
    std::vector<Piece> step_blocks(int64_t steps, int64_t n) const;
    /// Shares of the gradient that it gives a state, at the end of its answer: one for all numbers, or one for each.
    virtual int64_t shares() const = 0;

    /// Takes these weights [count] and the times [T] of the steps from now on.
    virtual void bind(const torch::Tensor& weights, const torch::Tensor& times) = 0;
    /// Leaves derivatives to autograd from now on, which collects them in the returned tensor [count].
    virtual torch::Tensor collect_gradients() = 0;
    /// For tests and benchmarks: whether a fused kernel may be used, where there is one.
    virtual void allow_kernel(bool /*allowed*/) {}

    /// [s, n, out] for x [s, n, in] at s steps. `tape` may be null.
    virtual torch::Tensor forward(const std::vector<int64_t>& steps, const torch::Tensor& x,
                                  std::unique_ptr<Tape>* tape) const = 0;
    /// Room for n trajectories that come piece by piece and step by step; null where the network keeps none.
    virtual std::unique_ptr<Kept> room(int64_t /*n*/) const { return nullptr; }
    /// forward for x [1, c, in], the trajectories from `first` on at one step, kept. Pieces may come from any thread.
    virtual torch::Tensor forward_into(int64_t step, int64_t first, const torch::Tensor& x, Kept& kept) const;
    /// All steps of the trajectories from `first` on at once, kept; false where the network takes them one by one.
    virtual bool follow(const Path& /*path*/, int64_t /*first*/, Kept& /*kept*/) const { return false; }
    /// Of all trajectories at steps that follow each other in one of step_blocks(), as forward() leaves it.
    virtual std::unique_ptr<Tape> tape_of(const std::vector<int64_t>& steps, const Kept& kept) const;
    virtual Gradient no_gradient() const = 0;
    /// Adds to `gradient` what a gradient [s, n, out] at the answer means. Where `at_x` is not null it becomes that at
    /// x.
    virtual void backward(const Tape& tape, const torch::Tensor& at_out, Gradient& gradient,
                          torch::Tensor* at_x) const = 0;
    /// The sum of the parts [count], in their order.
    virtual torch::Tensor finished(const std::vector<Gradient>& parts) const = 0;
};

/// Of the reference that the policy starts as.
struct NetworkSizes {
    int64_t dimension = 0;  // d
    int64_t steps = 0;      // T
};

std::unique_ptr<PolicyNetwork> perceptron_network(const PolicyOptions& options, const NetworkSizes& sizes);
std::unique_ptr<PolicyNetwork> unet_network(const PolicyOptions& options, const NetworkSizes& sizes);
/// The one that the options name.
std::unique_ptr<PolicyNetwork> policy_network(const PolicyOptions& options, const NetworkSizes& sizes);

/// Rows `steps` of `all` [T, ...]; a view where they follow each other.
torch::Tensor rows_at(const torch::Tensor& all, const std::vector<int64_t>& steps);

}  // namespace drift
