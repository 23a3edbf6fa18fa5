// Sequential Monte Carlo along the noise levels with any proposal and any twisting function, guidance.md 1.6.8:
//
//     x' ~ q(x' | x) = N(m + delta, tau^2 I)   the unguided step, or one moved by the pull of `proposal`
//     lw += log p(x' | x) / q(x' | x) + log psi'(x') - log psi(x)   with the psi of `twist`
//
// Without proposal and twist it is importance sampling: particles of the prior, weighed by p(y | x0) at the end. With
// the same one for both it is TDS.

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

struct Params : guided::Weighted {
    std::string proposal = "auto";
    std::string twist = "auto";
    int64_t draws = 16;
};

const Fields<Params> fields = guided::joined<Params>(
    {{
         Field<Params>("proposal", &Params::proposal, "proposal",
                       {"What moves the particles: base is the unguided step, the others guide it by that error model. "
                        "delta is the shift of a step, psi the stand-in for the likelihood of a noisy state, c the "
                        "share of the state that the step keeps.",
                        "delta = (1 - c) zeta sigma^2 grad log psi of the proposal",
                        "A proposal like the posterior keeps the weights even; any is exact in the limit."})
             .one_of({"auto", "base", "point", "pigdm", "tweedie", "exact"}),
         Field<Params>("twist", &Params::twist, "twist",
                       {"What weighs the particles on the way: the twist psi, a stand-in for the likelihood of a noisy "
                        "state; lw is the logarithm of the weight. none weighs them at the end alone.",
                        "lw += log psi'(x') - log psi(x)",
                        "A twist that foresees the likelihood kills the right particles early."})
             .one_of({"auto", "none", "point", "pigdm", "tweedie", "monte_carlo", "exact"}),
         guided::draws_field<Params>("twist"),
         guided::guidance_field<Params>().only_with("proposal", {"auto", "point", "pigdm", "tweedie", "exact"}),
         guided::eta_field<Params>(1e-3),
     },
     guided::resampling_fields<Params>(),
     {guided::spread_field<Params>()}});

const Registration<Sampler> registration{
    {"smc", "SMC", "Particles with weights and resampling, for any choice of what moves and what weighs them.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const auto named = [&](const std::string& name) {
            return guided::twist_named(name, task.problem, params.spread, params.draws);
        };
        const std::string proposal = guided::resolved(params.proposal, task.problem);
        const std::string weights = guided::resolved(params.twist, task.problem);
        const auto pull = proposal == "base" ? nullptr : named(proposal);
        const auto psi = weights == "none" ? nullptr : weights == proposal ? pull : named(weights);
        const auto twist = paired_twist(task.problem, pull, psi);
        GuidedOptions options{.eta = params.eta, .guidance = params.guidance};
        guided::set_resampling(params, options);
        return guided_diffusion(std::move(task), twist, options);
    }};

}  // namespace
}  // namespace drift
