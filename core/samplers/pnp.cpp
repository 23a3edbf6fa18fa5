// Plug-and-play: the denoised prediction is moved by a proximal step and noised again. DiffPIR (Zhu et al. 2023) takes
// the best point, DAPS (Zhang et al. 2024) a draw, which keeps the spread that the best point loses. guidance.md 1.6.3.

#include "core/lbfgs.h"
#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

struct Params {
    std::string point = "argmin";
    std::string proximal_variance = "prior";
    double lambda = 1;
    std::string re_noising = "ancestral";
    Curve noise_balance = 0.3;
    bool last_step = false;
    int64_t inner_steps = 20;
    std::string solver = "adam";
    double inner_rate = 0.1;
    double spread = 0;
};

const Fields<Params> fields{
    Field<Params>("point", &Params::point, "point",
                  {"What replaces the denoised prediction: the best point between it and the observation, or a draw.",
                   "argmin f or x0 ~ exp(-f), f = |x - D|^2 / (2 r^2) - log p(y | x)",
                   "argmin loses spread, most of all with full re-noising; draw keeps it."})
        .one_of({"argmin", "draw"}),
    Field<Params>("re_noising", &Params::re_noising, "re-noising",
                  {"How much of the noise is fresh after each step: as much as on the way of a diffusion, or a share "
                   "of one's own.",
                   "tau = sigma' sqrt(zeta), ancestral: zeta = 1 - sigma'^2 / sigma^2; balance: zeta as given",
                   "ancestral makes the proximal step of a Gaussian prior PiGDM, however many steps there are."})
        .one_of({"ancestral", "balance"})
        .live(),
    Field<Params>("noise_balance", &Params::noise_balance, "noise balance",
                  {"The share of the noise that is fresh after each step. DiffPIR takes 0.1 for deblurring, 0.25 for "
                   "super-resolution and 1 for inpainting.",
                   "zeta in tau = sigma' sqrt(zeta)", "0: deterministic; 1: everything is noised anew, as in DAPS."})
        .between(0, 1)
        .live()
        .only_with("re_noising", {"balance"}),
    Field<Params>("proximal_variance", &Params::proximal_variance, "trust in D",
                  {"How far the denoised prediction may be from the truth: by lambda, or by the spread of the prior.",
                   "r^2 = sigma^2 / lambda or sigma^2 V / (V + sigma^2)", "prior is right for a Gaussian prior."})
        .one_of({"prior", "lambda"}),
    Field<Params>(
        "lambda", &Params::lambda, "lambda",
        {"Weight of the denoised prediction against the observation: DiffPIR's lambda. Its code takes 1, deepinv "
         "7, and 3 to 25 are called typical.",
         "r^2 = sigma^2 / lambda; rho = lambda sigma_y^2 / sigma^2 in DiffPIR", "More: closer to the prior."})
        .between(1e-4, 1e4, true)
        .live()
        .only_with("proximal_variance", {"lambda"}),
    Field<Params>("last_step", &Params::last_step, "also at the end",
                  {"Whether the last denoised prediction is moved, too.", "x_K = D or D + shift",
                   "Fits the observation better and may leave artefacts of it."})
        .live(),
    Field<Params>("inner_steps", &Params::inner_steps, "inner steps",
                  {"Steps of the solver (argmin) or of Langevin (draw), where the noise or the measurement leaves no "
                   "closed form.",
                   "x <- x - rate grad f", "More: closer to the point that is meant."})
        .between(1, 1000)
        .live()
        .advanced(),
    Field<Params>("solver", &Params::solver, "inner solver",
                  {"What looks for the best point where there is no closed form: adam is robust, lbfgs (with a line "
                   "search) is exact on smooth problems.",
                   "argmin f", "lbfgs costs more a step and needs far fewer."})
        .one_of({"adam", "lbfgs"})
        .live()
        .advanced()
        .only_with("point", {"argmin"}),
    Field<Params>("inner_rate", &Params::inner_rate, "inner rate",
                  {"Length of an inner step, relative to the trust in D.", "rate in units of r (argmin) or r^2 (draw)",
                   "More: faster and less stable."})
        .between(1e-4, 1, true)
        .live()
        .advanced(),
    guided::spread_field<Params>().only_with("proximal_variance", {"prior"}),
};

double passing_bytes(const ParamSet& set, const ParticleSize& size) {
    const Params params = typed(fields, set);
    double bytes = 0;
    if (params.point != "draw") {
        bytes += 3 * size.decomposed * size.decomposed * sizeof(double);  // the sum, one of its terms, its factors
    }
    if (params.solver == "lbfgs") {
        const auto remembered = 2 * static_cast<double>(LbfgsOptions{}.history);
        bytes += size.moved() * (remembered * sizeof(float) + 8 * sizeof(double));  // directions are in float64
    }
    return bytes;
}

const Registration<Sampler> registration{
    {.key = "pnp",
     .title = "Plug-and-play",
     .help = "Moves every denoised prediction by a proximal step and noises it again (DiffPIR, DAPS).",
     .params = describe(fields),
     .passing_bytes = passing_bytes},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        ProximalOptions options;
        options.lambda = params.proximal_variance == "lambda" ? params.lambda : 0;
        options.spread = params.spread;
        options.draw = params.point == "draw";
        options.inner_steps = params.inner_steps;
        options.inner_rate = params.inner_rate;
        options.solver = params.solver == "lbfgs" ? InnerSolver::Lbfgs : InnerSolver::Adam;
        const auto twist = proximal_twist(task.problem, options);
        GuidedOptions guided;
        if (params.re_noising == "balance") {  // the loop's own noise is the ancestral one
            guided.noise_balance = params.noise_balance;
        }
        guided.guide_last = params.last_step;
        return guided_diffusion(std::move(task), twist, guided);
    }};

}  // namespace
}  // namespace drift
