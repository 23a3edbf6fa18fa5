// The twisted diffusion sampler (Wu et al. 2023), guidance.md 1.6.8:
//
//     x' = m + delta + tau z,   delta = (1 - c) zeta pull
//     lw += log psi'(x') - log psi(x) - (z delta / tau + |delta|^2 / (2 tau^2))
//
// and at the end lw += log p(y | x_K) - log psi. Exact for the discretised model as n grows, whatever psi is. Where
// pixels are hidden, those seen may be put in place at the end: x_K = D + A^T (y - A D), with N(y; A D, sigma_y^2 +
// r^2) for p(y | x_K).

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

struct Params : guided::Weighted {
    std::string twist = "auto";
    int64_t draws = 16;
    bool masked_last = false;
};

const Fields<Params> fields = guided::joined<Params>(
    {{
         Field<Params>(
             "twist", &Params::twist, "twist",
             {"The twist psi, a stand-in for the likelihood of a noisy state: the observation y is taken to be normal "
              "around A D, with covariance S. tweedie takes at most 16 measured values, at a backward pass each where "
              "the prior has no closed form; auto is tweedie where it has one, pigdm where the measurement is linear, "
              "else exact where that is known, monte_carlo for points and point for pictures.",
              "psi = N(y; A D, S), S = sigma_y^2 I [+ r^2 A A^T | + A C A^T]; mean_s p(y | D + r n_s); p(y | x_sigma)",
              "Any twist is exact in the limit; a good one keeps the weights even."})
             .one_of({"auto", "tweedie", "pigdm", "point", "monte_carlo", "exact"}),
         guided::draws_field<Params>("twist"),
         guided::guidance_field<Params>(),
         guided::eta_field<Params>(1e-3),
     },
     guided::resampling_fields<Params>(),
     {
         Field<Params>("masked_last", &Params::masked_last, "put measured values in",
                       {"Whether the last step puts what a mask lets through in place of what was predicted there. psi "
                        "is the twist of the state before.",
                        "x_K = D + A^T (y - A D), weighed by N(y; A D, sigma_y^2 + r^2) / psi",
                        "On: the measurement is met to the letter, its noise included, which is right only for noise "
                        "that is small beside what is asked of the samples."})
             .advanced(),
         guided::spread_field<Params>().only_with_any(
             {{"twist", {"auto", "pigdm", "monte_carlo"}}, {"masked_last", {true}}}),
     }});

const Registration<Sampler> registration{
    {"tds", "TDS", "Guided particles with weights and resampling: exact as the number of particles grows.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const std::string name = guided::resolved_weighing(params.twist, task.problem);
        const auto twist = guided::twist_named(name, task.problem, params.spread, params.draws);
        GuidedOptions options{.eta = params.eta, .guidance = params.guidance};
        guided::set_resampling(params, options);
        options.masked_last = params.masked_last;
        options.spread = params.spread;
        options.warnings = guided::twist_warnings(params.twist, task.problem);
        if (const LinearGaussian* linear = task.problem.condition->linear(); params.masked_last && linear != nullptr) {
            options.warnings.push_back(
                "Measured values are put in as they were measured: samples do not vary there, "
                "where the posterior has a standard deviation of up to " +
                shown(linear->noise));
        }
        return guided_diffusion(std::move(task), twist, options);
    }};

}  // namespace
}  // namespace drift
