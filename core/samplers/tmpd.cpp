// Tweedie moment projection (Boys et al. 2023) and MMPS (Rozet et al. 2024): DPS with the covariance of the denoised
// prediction that the denoiser's own Jacobian gives, C = sigma^2 J. In closed form for mixtures under at most 16
// measured values, for other priors by a backward pass for each of these; elsewhere by conjugate gradients, a backward
// pass each. guidance.md 1.6.5.

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

struct Params : guided::Common {
    int64_t solver_steps = 5;
};

const Fields<Params> fields{
    guided::guidance_field<Params>(),
    guided::eta_field<Params>(0),
    Field<Params>("solver_steps", &Params::solver_steps, "solver steps",
                  {"Conjugate gradients for the covariance of more than 16 measured values; that of fewer is solved "
                   "exactly. J is the Jacobian of the denoiser, e = y - A D the part of the observation that the "
                   "prediction D leaves unexplained.",
                   "(sigma_y^2 I + sigma^2 A J A^T) v = e", "More: closer to the exact solve, a backward pass each."})
        .between(1, 100)
        .live()
        .advanced(),
};

const Registration<Sampler> registration{
    {"tmpd", "TMPD", "Guidance that takes the error of the denoised prediction from the denoiser's Jacobian.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        TwistOptions options;
        options.model = ErrorModel::Tweedie;
        options.solver_steps = params.solver_steps;
        const auto twist = make_twist(task.problem, options);
        return guided_diffusion(std::move(task), twist, {.eta = params.eta, .guidance = params.guidance});
    }};

}  // namespace
}  // namespace drift
