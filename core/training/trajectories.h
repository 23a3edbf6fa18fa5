// Trajectories to learn from, and the ways to come by them: forwards by policy or reference, backwards from an end.
#pragma once

#include "core/torch.h"
#include "core/training/policy.h"
#include "core/training/terminal.h"
#include "core/training_numbers.h"

#include <memory>
#include <vector>

namespace drift {

/// Everything that training needs to know of a problem.
struct Model {
    std::shared_ptr<const Reference> reference;
    std::shared_ptr<const Terminal> terminal;
    PolicyOptions policy;
    torch::TensorOptions numbers;
    double power = 1;  // of r, that samples are weighed for: what beta comes to in the end
};

/// n trajectories of T steps, whatever they were made by.
struct Trajectories {
    torch::Tensor x;                       // [T + 1, n, d]
    torch::Tensor mean;                    // [T, n, d] of the reference at every place
    torch::Tensor gradient;                // [T, n, d] what a policy with a Langevin term is told; else undefined
    torch::Tensor observed;                // [n, m] what each is conditioned on, where the sampler is amortised
    Terminal::Value value;                 // of the ends
    std::vector<TrajectorySource> source;  // [n]
    /// What the policy said on the way of the first kept->count() of them; null where that is not known any more.
    std::shared_ptr<PolicyNetwork::Kept> kept;

    int64_t count() const { return x.size(1); }
    int64_t steps() const { return x.size(0) - 1; }
    torch::Tensor last() const { return x.select(0, steps()); }
};

/// Room for n of them. Nothing is known yet.
Trajectories room_for(const Model& model, int64_t count, TrajectorySource source);

struct RollOptions {
    bool follow_policy = true;  // else the reference alone
    int64_t from = 0;           // the first step; where it is 0, the start is drawn as well
    bool keep = false;          // what the policy says, where its network can
    torch::Tensor extra;        // [n, 1] exploration: the noise of a step has variance v (1 + extra^2); or undefined
};
/// Goes on from x[from] to the end and evaluates it. `policy` may be null where it is not followed.
void roll(const Model& model, const Policy* policy, const RollOptions& options, const Random& random,
          Trajectories& trajectories);

/// Fills in how the reference may have come to the ends x[T].
void go_back(const Model& model, const Random& random, Trajectories& trajectories);

/// What is known of places that are given: means of the reference, and gradients where the policy wants them.
void look_around(const Model& model, Trajectories& trajectories);
/// Evaluates the ends.
void look_at_ends(const Model& model, Trajectories& trajectories);

Trajectories joined(const std::vector<Trajectories>& parts);
Trajectories chosen(const Trajectories& all, const std::vector<int64_t>& which);

/// What the policy is told of x, a place of every trajectory at one step [n, d] or at several [s, n, d].
Policy::Input policy_input(const Model& model, const torch::Tensor& x, const torch::Tensor& gradient,
                           const torch::Tensor& observed);

}  // namespace drift
