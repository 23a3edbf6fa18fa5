// The unadjusted Langevin algorithm: parallel chains from draws of the prior towards the posterior p0(x) p(y | x).
//
//     x' = x + eps grad log pi(x) + sqrt(2 eps) z
//
// Nothing is refused, so no density is needed: a trained prior does with its score at a small noise level.

#include "core/samplers/chain_fields.h"
#include "core/stability.h"
#include "core/text.h"

namespace drift {
namespace {

struct Params {
    int64_t steps = 100;
    int64_t moves_per_step = 5;
    double step_size = 0.01;
    double score_noise = 0.05;
};

const Fields<Params> fields{
    chains::steps_field<Params>(),
    chains::moves_field<Params>(),
    Field<Params>("step_size", &Params::step_size, "step size",
                  {"How far a move goes, in squared units of the data: pi is the posterior, z standard normal noise.",
                   "eps in x' = x + eps grad log pi + sqrt(2 eps) z",
                   "Larger: faster, with a wider and more biased cloud; beyond twice the smallest variance of the "
                   "posterior it explodes."})
        .between(1e-8, 1e4, true)
        .live(),
    Field<Params>(
        "score_noise", &Params::score_noise, "score noise",
        {"For priors without a density: the noise at which their score is taken, in units of the prior's spread.",
         "grad log p_sigma, sigma = score noise sqrt(V)",
         "Less: a sharper prior, but a network knows the score less well there."})
        .between(1e-3, 1, true)
        .live()
        .advanced(),
};

const Registration<Sampler> registration{
    {"ula", "Langevin (ULA)", "Markov chains that follow the noisy gradient of the posterior; needs no density.",
     describe(fields), false},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const auto target = data_target(task.problem, task.options, params.score_noise);
        ChainOptions options;
        options.steps = params.steps;
        options.moves_per_step = params.moves_per_step;
        options.step_size = params.step_size;
        options.tune = false;
        if (const std::optional<double> curvature = largest_curvature(task.problem)) {
            options.curvature = *curvature;
            if (!(params.step_size * *curvature <= 2)) {
                options.warnings.push_back(
                    "The step size is more than twice the variance that the posterior has where it is steepest, " +
                    shown(1 / *curvature) + ": expect the chains to blow up; lower it below " + shown(2 / *curvature));
            }
        }
        if (!target->has_density()) {
            options.warnings.push_back(
                "This prior has no density in closed form: its score at noise " +
                shown(params.score_noise * std::sqrt(task.problem.prior->data_variance())) +
                " stands for the gradient, so the samples are those of a slightly blurred prior");
        }
        return parallel_chains(std::move(task), target, ula_move(), options);
    }};

}  // namespace
}  // namespace drift
