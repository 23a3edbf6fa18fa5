// Parameters that several guided methods share, described once.
#pragma once

#include "core/guided.h"

#include <string>

namespace drift::guided {

struct Common {
    Curve guidance = 1;
    Curve eta = 1;
    double spread = 0;  // V; 0 stands for "auto"
};

template <class P>
Field<P> guidance_field() {
    return Field<P>(
               "guidance", static_cast<Curve P::*>(&P::guidance), "guidance",
               {"How hard the observation pulls on the denoised prediction.", "zeta in D + zeta sigma^2 grad log psi",
                "More: closer to the observation, at the price of leaving the prior and of lost spread."})
        .between(0, 1000, true)
        .live();
}

template <class P>
Field<P> eta_field(double least) {
    return Field<P>(
               "eta", static_cast<Curve P::*>(&P::eta), "Langevin noise",
               {"How much fresh noise each step injects: 0 follows the deterministic flow, 1 is the ancestral step.",
                "tau = eta sigma' sqrt(1 - sigma'^2 / sigma^2)", "More: paths forget their start and errors heal."})
        .between(least, 1.5)
        .live();
}

template <class P>
Field<P> spread_field() {
    return Field<P>(
               "spread", static_cast<double P::*>(&P::spread), "prior spread",
               {"Variance of the data that the PiGDM error model assumes; auto takes the prior's own.",
                "V in r^2 = sigma^2 V / (V + sigma^2)", "Too small: overconfident early on, and weights degenerate."})
        .between(0, 1e6, true)
        .automatic(0)
        .advanced();
}

/// For methods that estimate the gradient of the likelihood: whether that of the denoiser is taken.
template <class P>
Field<P> denoiser_gradient_field() {
    return Field<P>(
               "denoiser_gradient", &P::denoiser_gradient, "through the denoiser",
               {"Whether the pull goes back through the denoiser's Jacobian; else nothing at all is differentiated.",
                "sigma^2 J^T g or r^2 g, r^2 = sigma^2 V / (V + sigma^2)",
                "Off: cheaper, for a denoiser without a gradient; right for a Gaussian prior of variance V."})
        .live();
}

inline ErrorModel error_model(const std::string& name) {
    return name == "point" ? ErrorModel::Point : name == "pigdm" ? ErrorModel::Pigdm : ErrorModel::Tweedie;
}

}  // namespace drift::guided
