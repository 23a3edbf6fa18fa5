// Predictor and corrector (Song et al. 2021): after every reverse step a few Langevin moves at the noise level that was
// reached, which bring the particles back to the law that they should have there,
//
//     x <- x + delta (D + zeta pull - x) + sqrt(2 delta) sigma z,
//
// since (D - x) / sigma^2 is the score. guidance.md 2.6 (d). Moves of finite size leave the spread too large, by a
// factor of 1 / (1 - delta / 2) at most.

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

struct Params : guided::Common {
    std::string error_model = "auto";
    int64_t draws = 16;
    int64_t corrector_steps = 1;
    double corrector_size = 0.1;
};

const Fields<Params> fields{
    Field<Params>(
        "corrector_steps", &Params::corrector_steps, "corrector steps",
        {"How many Langevin moves follow each step.", "x <- x + delta (D + shift - x) + sqrt(2 delta) sigma z",
         "More: errors of the steps are forgotten, at a denoiser call each."})
        .between(0, max_corrector_steps)
        .live(),
    Field<Params>(
        "corrector_size", &Params::corrector_size, "corrector size",
        {"How far such a move goes, as a share of the squared noise level.",
         "delta in x <- x + delta (D + shift - x) + ...", "More: forgets faster, and leaves the spread too large."})
        .between(1e-4, 1, true)
        .live(),
    Field<Params>("error_model", &Params::error_model, "error model",
                  {"What guides steps and corrections; none samples the prior, auto takes the best one that fits. psi "
                   "stands for the likelihood of a noisy state.",
                   "pull = sigma^2 grad log psi", "exact makes the corrector right at every noise level."})
        .one_of({"auto", "none", "point", "pigdm", "tweedie", "monte_carlo", "exact"}),
    guided::draws_field<Params>("error_model"),
    guided::guidance_field<Params>().only_with("error_model",
                                               {"auto", "point", "pigdm", "tweedie", "monte_carlo", "exact"}),
    guided::eta_field<Params>(0),
    guided::spread_field<Params>().only_with("error_model", {"auto", "pigdm", "monte_carlo"}),
};

const Registration<Sampler> registration{
    {"predictor_corrector", "Predictor-corrector",
     "Reverse steps, each followed by Langevin moves at the noise level that it reached.", describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const auto twist = params.error_model == "none"
                               ? no_twist(task.problem)
                               : guided::twist_named(params.error_model, task.problem, params.spread, params.draws);
        return guided_diffusion(std::move(task), twist,
                                {.eta = params.eta,
                                 .guidance = params.guidance,
                                 .corrector_steps = params.corrector_steps,
                                 .corrector_size = params.corrector_size});
    }};

}  // namespace
}  // namespace drift
