// Diffusion posterior sampling (Chung et al. 2023) and its covariance-corrected forms, guidance.md 1.5 and 1.6.2:
//
//     score form   D_y = D + zeta sigma^2 J A^T S^{-1} e,   S = sigma_y^2 I (point), + r^2 A A^T (PiGDM), + A C A^T
//     norm form    x' += zeta sqrt(1 + sigma^2) sqrt(1 + sigma'^2) J A^T e / |e|, each particle by its own norm
//     step form    x' += zeta J A^T e
//
// Guidance acts on the last step, too. Not exact for any setting: that is what its particles show beside TDS.

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

struct Params : guided::Common {
    std::string guidance_units = "score";
    std::string error_model = "point";
    int64_t draws = 16;
};

const Fields<Params> fields{
    guided::guidance_field<Params>(),
    Field<Params>("error_model", &Params::error_model, "error model",
                  {"What the method believes about the error of the denoised prediction D: the observation y is taken "
                   "to be normal around A D, with covariance S.",
                   "S = sigma_y^2 I [+ r^2 A A^T | + A C A^T]; mean_s p(y | D + r n_s); p(y | x_sigma)",
                   "point pulls hardest and loses most spread; tweedie is exact for a Gaussian prior, exact for any."})
        .one_of({"point", "pigdm", "tweedie", "monte_carlo", "exact"}),
    guided::draws_field<Params>("error_model", {"monte_carlo"}),
    Field<Params>("guidance_units", &Params::guidance_units, "guidance units",
                  {"What a guidance of 1 means. psi stands for the likelihood of a noisy state, J is the Jacobian of "
                   "the denoiser, and e = y - A D the part of the observation that the prediction leaves unexplained.",
                   "score: zeta sigma^2 grad log psi; norm: J A^T e / |e|; step: J A^T e",
                   "score has a natural 1; norm is what published code uses."})
        .one_of({"score", "norm", "step"}),
    guided::eta_field<Params>(0),
    guided::spread_field<Params>().only_with("error_model", {"pigdm", "monte_carlo"}),
};

PullForm pull_form(const std::string& units) {
    return units == "score" ? PullForm::Score : units == "norm" ? PullForm::UnitResidual : PullForm::Residual;
}

const Registration<Sampler> registration{
    {"dps", "DPS", "Guidance by the gradient of the likelihood at the denoised prediction; no weights.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const PullForm form = pull_form(params.guidance_units);
        const auto twist = guided::twist_named(params.error_model, task.problem, params.spread, params.draws, form);
        return guided_diffusion(std::move(task), twist, {.eta = params.eta, .guidance = params.guidance, .form = form});
    }};

}  // namespace
}  // namespace drift
