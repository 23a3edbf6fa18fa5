// The losses that look at trajectories through their residuals alone, and what they want of every step. All of them
// are weighted sums over pairs (i, j) of squared partial residuals
//
//     res_ij = (F_i - S_i) - (F_j - S_j),   S_i = sum_{k < i} log q / ref,   F_0 = log Z, F_T = log w
//
// so that trajectory balance is the pair (0, T), detailed balance the pairs (i, i + 1) and sub-trajectory balance all
// of them with weights lambda^(j - i). trained_samplers.md 1.4.
#pragma once

#include "core/torch.h"
#include "core/training_numbers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drift {

enum class LossKind {
    VarGrad,            // half the variance of A = sum log q / ref - log w
    TrajectoryBalance,  // (A + log Z)^2 / 2 with a log Z that is learned
    LogVariance,        // the variance itself, unbiased
    SubTrajectoryBalance,
    DetailedBalance,
    Reinforce,        // KL-regularised policy gradient, the batch mean as its baseline
    ReverseKl,        // the gradient through the simulation: PIS, DDS
    AdjointMatching,  // regression on the lean adjoint
    AdjointSampling,  // the same, on trajectories back from a buffer of ends of the policy
};

std::vector<std::string> loss_names();
/// Those that `is` is true of.
std::vector<std::string> loss_names(bool (*is)(LossKind));
LossKind loss_named(const std::string& name);

/// The one source that all its trajectories must come from; none where the shares decide.
std::optional<TrajectorySource> only_source(LossKind kind);
/// Whether they are mixed by shares.
bool mixes_sources(LossKind kind);
/// Whether they all come from the replay buffer.
bool draws_from_buffer(LossKind kind);
/// Whether log Z is a parameter.
bool learns_log_z(LossKind kind);
/// Whether it needs F at the places between, a network of its own.
bool learns_flow(LossKind kind);
/// Whether it needs the gradient of log w.
bool needs_gradient(LossKind kind);
/// Whether it looks at trajectories through their residuals.
bool learns_by_residuals(LossKind kind);
/// Whether it does at those of whole trajectories alone, of which it may leave small ones out.
bool has_dead_zone(LossKind kind);

/// What the trajectories of a batch say. float64 on the host.
struct LossInput {
    torch::Tensor log_ratio;  // [T, n]
    torch::Tensor log_w;      // [n]
    torch::Tensor flow;       // [T + 1, n] F between, for those that learn it; its ends are not read
    double log_z = 0;         // the parameter
    int64_t group = 0;        // trajectories in a row that share a condition, for means over them; 0: all of them
    double lambda = 2;        // of sub-trajectory balance
    double dead_zone = 0;     // squared residuals below it count as 0
};

struct LossOutput {
    double loss = 0;
    double at_log_z = 0;       // derivative
    torch::Tensor step;        // [T, n] derivative with respect to log_ratio
    torch::Tensor flow;        // [T + 1, n] likewise to flow; undefined for losses without
    torch::Tensor delta;       // [n] the residual, with log Z or its estimate of the batch
    torch::Tensor mean_log_z;  // [n] mean of -A over the group of each
};

/// For the losses from VarGrad to Reinforce.
LossOutput loss_of(LossKind kind, const LossInput& input);

}  // namespace drift
