// The one loop of guided diffusion. Plain reverse diffusion, DPS in all its forms, SMC, TDS, FK steering and
// predictor-corrector are settings of it: they differ in the twist, in how its pull is scaled, in whether particles
// carry weights, and in what these are made of (design.md, idea 2).
#pragma once

#include "core/curve.h"
#include "core/potential.h"
#include "core/resampling.h"
#include "core/sampler.h"
#include "core/twist.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace drift {

struct GuidedOptions {
    Curve eta = 1;  // Langevin schedule (guidance.md 1.3)
    std::optional<Curve> noise_balance =
        std::nullopt;    // in place of eta: tau = sigma' sqrt(noise balance), DiffPIR's zeta
    Curve guidance = 1;  // zeta, in the units of `form`
    PullForm form = PullForm::Score;
    bool guide_last = true;  // whether the step to the clean sample is guided, too; never with weights
    bool weighted = false;   // TDS: weights correct what guidance missed
    ResamplingScheme resampling = ResamplingScheme::Systematic;
    double resample_below = 0.5;  // of ESS / n
    int64_t resample_every = 0;   // at every so-manieth state, of scored ones where there is a potential; 0: by ESS
    ParticleOrder order = ParticleOrder::None;
    std::shared_ptr<const Potential> potential = nullptr;  // what weights are made of, in place of log psi
    bool masked_last = false;             // the clean sample has what was measured, weighed with the spread of D there
    double spread = 0;                    // V for that; 0 asks for the prior's own
    int64_t corrector_steps = 0;          // Langevin moves at each noise level that is reached; never with weights
    double corrector_size = 0.1;          // delta in x += delta (D + shift - x) + sqrt(2 delta) sigma z
    bool together = false;                // the pull on a particle depends on the others: there is no field of it
    std::vector<std::string> warnings{};  // what the user should know of the twist
};

/// The most corrector steps that have random numbers of their own.
inline constexpr int64_t max_corrector_steps = 1000;

/// Throws UserError where weights are wanted of steps without noise or of a twist without a density, and where
/// masked_last does not fit the condition.
std::shared_ptr<const Sampler> guided_diffusion(Task task, std::shared_ptr<const Twist> twist, GuidedOptions options);

/// eta at every step of a schedule, for oracles.
std::vector<double> at_steps(const Curve& curve, const Schedule& schedule);

}  // namespace drift
