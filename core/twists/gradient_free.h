// Guidance that asks a condition for nothing but values: no gradient of log p(y | x) is taken, so that what was
// measured may be a black box. guidance.md 1.6.6.
#pragma once

#include "core/twist.h"

namespace drift {

/// Gradients estimated from values around D, by differences or from rewards, and how they reach x.
struct EstimateOptions {
    bool through_denoiser = true;  // pull = sigma^2 J^T g; else r^2 g, J taken for r^2 / sigma^2
    double spread = 0;             // V in r^2 = sigma^2 V / (V + sigma^2); 0 asks for the prior's own
};

struct SmoothedOptions : EstimateOptions {
    int64_t queries = 32;    // N_q, two values of log p(y | x) each
    double distance = 0.01;  // mu, in units of sqrt(V)
};

/// DPS with the gradient of the Gaussian-smoothed likelihood (DPS-GSG), u_j ~ N(0, I):
///
///     g = mean_j u_j [log p(y | D + mu u_j) - log p(y | D - mu u_j)] / (2 mu)
std::shared_ptr<const Twist> smoothed_twist(const Problem& problem, const SmoothedOptions& options);

struct PolicyGradientOptions : EstimateOptions {
    int64_t samples = 64;        // M, at least 2
    bool reach_by_loss = false;  // r_c = |y - A D| / (2 sqrt(d)); else r_c = r
    double temperature = 1;      // Z; 0 takes each particle's own loss, |y - A D|^2 / (2 sigma_y^2)
    bool unit_length = false;    // pull = sigma^2 times a direction alone
};

/// DPS with the policy gradient of a Gaussian policy x_j = D + r_c u_j (DPG): rewards R_j = exp(log p(y | x_j) / Z),
/// each compared with the mean of the others,
///
///     g = Z sum_j (R_j - mean_{i != j} R_i) u_j / (r_c sum_j R_j),
///
/// an estimate of grad_D of Z log E exp(log p(y | D + r_c u) / Z). Throws UserError where the reach or the temperature
/// goes by a loss that the condition does not have.
std::shared_ptr<const Twist> policy_twist(const Problem& problem, const PolicyGradientOptions& options);

struct CandidateOptions {
    int64_t candidates = 16;  // M
    int64_t first_step = 0;   // steps before this one are plain
};

/// Stochastic control by search (SCG): every step is drawn M times, each time with other noise, and a particle goes
/// where log p(y | D) is largest. No pull. The first candidate is the step of plain reverse diffusion.
std::shared_ptr<const Twist> candidate_twist(const Problem& problem, const CandidateOptions& options);

struct EnsembleOptions {
    bool gain = true;      // else the step normalised by a matrix norm, as published
    int64_t ensemble = 0;  // least size of a group that shares a covariance; 0: all particles are one
    double spread = 0;     // V; 0 asks for the prior's own
};

/// Ensemble Kalman guidance (EnKG): particles move along the covariance of their own ensemble, with u = h(D),
///
///     gain   pull = C_du (S + C_uu)^{-1} (y - u),   C = r^2 Cov / (tr Cov(D, D) / d)
///     norm   pull = Cov(D, u) g / |G|_F,   g = grad_u log p(y | u),   G_ij = g_i . (u_j - mean u) / n
///
/// with r^2 = sigma^2 V / (V + sigma^2).
/// C has the shape of the ensemble's covariance and the size of Cov[x0 | x]: an ensemble of the prior N(m, V I) under a
/// linear h gives the gain with which D + pull is E[x0 | x, y]. S is the covariance of the noise, or of the Gaussian
/// that stands for it (NoiseModel::proxy_variance): where that is another for each particle, as with heavy tails, one
/// for each, at the point where the pull leads, unless there are more than 64 values. Here particles depend on each
/// other, unlike in all other guidance. Nothing but values of h is asked for. Throws UserError where there is no
/// Condition::measured().
std::shared_ptr<const Twist> ensemble_twist(const Problem& problem, const EnsembleOptions& options);

}  // namespace drift
