// Draws around the denoised prediction, x0 ~ N(D, r^2 I) with r^2 = sigma^2 V / (V + sigma^2), in place of the
// prediction itself. guidance.md 1.6.9 (rewards) and 1.8 (Monte Carlo twist).
#pragma once

#include "core/twist.h"

namespace drift {

/// How many vectors of normal numbers (purpose "move") belong to one state.
inline constexpr int64_t draws_per_state = 1 << 12;
inline constexpr int64_t max_draws = 1000;

struct Draws {
    int64_t count = 1;   // up to max_draws
    double spread = 0;   // V
    int64_t offset = 0;  // of their numbers among those of the state
};

/// log mean_s p(y | x0^s)^strength of every particle over draws around at.denoised, float64 [n]. The numbers depend on
/// the seed, the state and the particle alone. Where `gradient` [n, ...] is given, it becomes the mean of
/// grad log p(y | x0^s) with the draws weighted by p(y | x0^s)^strength.
/// Draws whose likelihood is not a number are left out of both; so is a gradient that is not finite, of its sum.
torch::Tensor log_mean_likelihood(const Condition& condition, const Evaluation& at, double sigma, const Draws& draws,
                                  double strength, torch::Tensor* gradient = nullptr);

}  // namespace drift
