// Ensemble Kalman diffusion guidance (EnKG, Zheng et al. 2024), guidance.md 1.6.6: what moves together among the
// particles says how to change D so that u = h(D) comes closer to y. With C, the covariance of the ensemble in the size
// of Cov[x0 | x],
//
//     gain form   D_y = D + zeta C_du (S + C_uu)^{-1} (y - u)
//     norm form   D_y = D + zeta Cov(D, u) g / |G|_F,   g = grad_u log p(y | u),   G_ij = g_i . (u_j - mean u) / n
//
// Nothing is differentiated: h may be a black box, the way through a decoder included. S is sigma_y^2 I for Gaussian
// noise, else the variances of a Gaussian that stands for it, those of each particle where it has others. Particles are
// an ensemble: unlike in other guidance the path of each depends on the others, and on how many there are.

#include "core/samplers/guided_fields.h"
#include "core/twists/gradient_free.h"

namespace drift {
namespace {

struct Params : guided::Common {
    std::string guidance_units = "gain";
    int64_t ensemble = 0;
};

const Fields<Params> fields{
    Field<Params>("guidance", static_cast<Curve Params::*>(&Params::guidance), "guidance",
                  {"How far each denoised prediction goes along the covariance of the ensemble.",
                   "zeta in D + zeta C_du (S + C_uu)^-1 (y - h(D)), or in D + zeta Cov(D, u) g / |G|_F",
                   "More: closer to the observation; the ensemble contracts, and cannot leave its own span."})
        .between(0, 1000, true)
        .live(),
    Field<Params>("guidance_units", &Params::guidance_units, "guidance units",
                  {"What a guidance of 1 means: all the way to the Kalman update, or a step of the length of the "
                   "ensemble's spread, whatever the residual.",
                   "gain: C_du (S + C_uu)^-1 (y - h(D)); norm: Cov(D, u) g / |G|_F",
                   "gain has a natural 1; norm is what published code uses, with a guidance that falls to 0 at the "
                   "end."})
        .one_of({"gain", "norm"})
        .live(),
    Field<Params>("ensemble", &Params::ensemble, "ensemble",
                  {"How many particles share a covariance, at least; the others do not matter to them. 0 takes all "
                   "particles; 2048 are customary in published work.",
                   "n in Cov = mean_i (D_i - mean D)(u_i - mean u)^T",
                   "Fewer: covariances that fit a part of the cloud, with errors of 1 / sqrt(n)."})
        .between(0, 1'000'000, true),
    guided::eta_field<Params>(0),
    guided::spread_field<Params>(),
};

const Registration<Sampler> registration{
    {"ensemble_kalman", "EnKG, ensemble Kalman",
     "Particles move along the covariance of their own ensemble; takes any measurement, linear or not, and "
     "differentiates nothing.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        EnsembleOptions options;
        options.gain = params.guidance_units == "gain";
        options.ensemble = params.ensemble;
        options.spread = params.spread;
        const auto twist = ensemble_twist(task.problem, options);
        return guided_diffusion(std::move(task), twist,
                                {.eta = params.eta, .guidance = params.guidance, .together = true});
    }};

}  // namespace
}  // namespace drift
