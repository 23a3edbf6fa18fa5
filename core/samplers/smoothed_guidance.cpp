// Diffusion posterior sampling without a gradient of the likelihood (DPS-GSG in InverseBench, Zheng et al. 2025),
// guidance.md 1.6.6: differences along random directions u_j ~ N(0, I) stand in for it,
//
//     g = mean_j u_j [log p(y | D + mu u_j) - log p(y | D - mu u_j)] / (2 mu),   D_y = D + zeta sigma^2 J^T g

#include "core/samplers/guided_fields.h"
#include "core/twists/gradient_free.h"

namespace drift {
namespace {

struct Params : guided::Common {
    int64_t queries = 32;
    double distance = 0.01;
    bool denoiser_gradient = true;
};

const Fields<Params> fields{
    guided::guidance_field<Params>(),
    Field<Params>("queries", &Params::queries, "queries",
                  {"Random directions in which the likelihood is probed, ahead and behind, for each particle and step. "
                   "2048 are customary in published work.",
                   "N_q in g = mean_j u_j [log p(y | D + mu u_j) - log p(y | D - mu u_j)] / (2 mu)",
                   "More: the error of the gradient falls as sqrt(d / N_q), and the work grows with N_q."})
        .between(1, 8192, true)
        .live(),
    Field<Params>(
        "distance", &Params::distance, "probing distance",
        {"How far from the denoised prediction the likelihood is probed, in units of the prior's spread "
         "sqrt(V); 0.01 is the published value.",
         "mu / sqrt(V)", "More: a smoother likelihood, right for one that jumps; too little: rounding errors."})
        .between(1e-5, 10, true)
        .unit("sqrt(V)")
        .live(),
    guided::denoiser_gradient_field<Params>(),
    guided::eta_field<Params>(0),
    guided::spread_field<Params>(),
};

const Registration<Sampler> registration{
    {"smoothed_guidance", "DPS, smoothed",
     "DPS for any likelihood that can be evaluated: its gradient is estimated from differences along random "
     "directions.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        SmoothedOptions options;
        options.queries = params.queries;
        options.distance = params.distance;
        options.through_denoiser = params.denoiser_gradient;
        options.spread = params.spread;
        const auto twist = smoothed_twist(task.problem, options);
        return guided_diffusion(std::move(task), twist, {.eta = params.eta, .guidance = params.guidance});
    }};

}  // namespace
}  // namespace drift
