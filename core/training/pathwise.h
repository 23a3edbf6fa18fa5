// Losses that follow the gradient of log w, as baselines for those that do without. trained_samplers.md 1.4 (PIS, DDS)
// and 1.9 (adjoint matching and adjoint sampling).
#pragma once

#include "core/training/residual.h"

namespace drift {

struct PathwiseResult {
    double loss = 0;
    torch::Tensor gradient;   // [count]
    torch::Tensor log_ratio;  // [n] sum log q / ref, float64 on the host: what residuals are made of
};

/// The mean of KL(q || reference) - log w over trajectories of the policy, differentiated through the simulation:
///
///     a_T = -grad log w;   a_k = (d x_{k+1} / d x_k)^T a_{k+1} + grad_x KL_k
///
/// The gradient that a Langevin term is told is taken as given.
PathwiseResult reverse_kl(const Model& model, const Policy& policy, const Trajectories& trajectories, double beta);

/// The mean of |shift_k + v_k a_{k+1}|^2 / (2 v_k) summed over steps, with the lean adjoint that knows the reference
/// alone: a_T = -grad log w, a_k = J_ref^T a_{k+1}. Any trajectories will do; those back from ends that were kept make
/// it adjoint sampling.
PathwiseResult adjoint_matching(const Model& model, const Policy& policy, const Trajectories& trajectories,
                                double beta);

}  // namespace drift
