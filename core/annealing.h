// From the prior to the posterior along pi_beta(x) proportional to p0(x) L(x)^beta: annealed importance sampling and,
// with resampling, tempered sequential Monte Carlo. specs/guidance.md 2.6.
#pragma once

#include "core/curve.h"
#include "core/resampling.h"
#include "core/sampler.h"

#include <memory>

namespace drift {

enum class LadderKind { Adaptive, Geometric, Power, Drawn };

struct AnnealingOptions {
    LadderKind ladder = LadderKind::Adaptive;
    int64_t rungs = 100;       // the most of an adaptive ladder
    double rho = 0.5;          // conditional ESS / n that an adaptive rung leaves
    double first_beta = 1e-3;  // of a geometric ladder
    double power = 4;          // beta = (k / rungs)^power
    Curve drawn = 1;           // beta over k / rungs; the last rung is 1 whatever it says
    int64_t moves_per_rung = 5;
    double step_size = 0.05;
    bool tune = true;  // the step size and what the move learns from the cloud
    ResamplingScheme resampling = ResamplingScheme::Systematic;
    double resample_below = 0.9;  // of ESS / n
    int64_t resample_every = 0;   // at every so-manieth rung instead, unless 0
    ParticleOrder order = ParticleOrder::None;
    bool waste_free = false;  // keep every state of the chains of a rung
    bool pilot = false;       // settle ladder and tuning in a run with other random numbers
};

/// Throws UserError for a drawn ladder that falls.
std::shared_ptr<const Sampler> annealing(Task task, std::shared_ptr<const Target> target,
                                         std::shared_ptr<const Move> move, AnnealingOptions options);

/// The next beta of an adaptive ladder: the conditional ESS of the increment is rho n there, by 60 bisections, or beta
/// is 1. `increments` [n] is overwritten. Where too many particles of weight have likelihood 0 for that, the beta next
/// to `beta`, which drops them.
double next_beta(const State& state, double beta, double rho, torch::Tensor& increments, torch::Tensor& sums);

}  // namespace drift
