// The one residual of all trained samplers (trained_samplers.md 8.1):
//
//     delta = log Z + sum_k [log q(x_{k+1} | x_k) - log ref(x_{k+1} | x_k)] - log w(x_T)
//
// and how its terms depend on the weights. Terms are differences from the start, so nothing large cancels, and are
// summed in double.
#pragma once

#include "core/torch.h"
#include "core/training/pieces.h"
#include "core/training/trajectories.h"

#include <functional>
#include <vector>

namespace drift {

/// What the policy says at some steps of some trajectories, with what is needed to go back from there.
struct Answers {
    std::vector<int64_t> steps;
    Piece which;        // trajectories
    bool kept = false;  // whether the policy has said it on the way
    Policy::Answer answer;
    Policy::Tape tape;
};

/// Their part of `all` [T, n, ...].
torch::Tensor rows_at(const torch::Tensor& all, const Answers& block);

/// log q - log ref of every step, float64 [s, n]: `next` and `mean` [s, n, d] of the reference, `variance` [s, 1, 1].
torch::Tensor log_ratios(const Policy::Answer& answer, const torch::Tensor& next, const torch::Tensor& mean,
                         const torch::Tensor& variance);

struct Scored {
    torch::Tensor log_ratio;       // [T, n] float64
    std::vector<Answers> answers;  // in blocks of steps; empty unless they were to be kept
};
Scored score(const Model& model, const Policy& policy, const Trajectories& trajectories, bool keep);

/// The same for some steps only, in rising order.
std::vector<Answers> answers_at(const Model& model, const Policy& policy, const Trajectories& trajectories,
                                const std::vector<int64_t>& steps);

/// A gradient at the answers of a block.
using AnswerGradient = std::function<Policy::Answer(const Answers&)>;
/// The gradient at the weights [count].
torch::Tensor gradient_of(const Policy& policy, const std::vector<Answers>& answers, const AnswerGradient& at_answer);

/// That of sum_kb weights[k, b] log q(x_{k+1}^b | x_k^b), with `weights` [T, n]: the second pass of 1.4.1.
AnswerGradient weighted_log_q(const Policy& policy, const Trajectories& trajectories, const torch::Tensor& weights);

}  // namespace drift
