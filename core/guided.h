// The one loop of guided diffusion. Plain reverse diffusion, DPS in all its forms and TDS are settings of it: they
// differ in the twist, in how its pull is scaled, and in whether particles carry weights (design.md, idea 2).
#pragma once

#include "core/curve.h"
#include "core/resampling.h"
#include "core/sampler.h"
#include "core/twist.h"

#include <memory>
#include <optional>
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
};

/// Throws UserError where weights are wanted of steps without noise.
std::shared_ptr<const Sampler> guided_diffusion(Task task, std::shared_ptr<const Twist> twist, GuidedOptions options);

/// eta at every step of a schedule, for oracles.
std::vector<double> at_steps(const Curve& curve, const Schedule& schedule);

}  // namespace drift
