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

/// Proposal and twist may both draw: no choice of one of them hides how often.
Field<Params> draws_of_either() {
    Field<Params> field = guided::draws_field<Params>("twist");
    field.param.only_with.clear();
    return field;
}

const Fields<Params> fields = guided::joined<Params>(
    {{
         Field<Params>("proposal", &Params::proposal, "proposal",
                       {"What moves the particles: base is the unguided step; pnp goes to the best point between D and "
                        "the observation, ddnm projects onto what was measured, norm is DPS as published; the others "
                        "guide by that error model. delta is the shift of a step, psi the stand-in for the likelihood "
                        "of a noisy state, c the share of the state that the step keeps.",
                        "delta = (1 - c) zeta pull, of error models sigma^2 grad log psi; norm: J A^T e / |e|",
                        "A proposal like the posterior keeps the weights even; any is exact in the limit."})
             .one_of({"auto", "base", "point", "pigdm", "tweedie", "monte_carlo", "exact", "pnp", "ddnm", "norm"}),
         Field<Params>("twist", &Params::twist, "twist",
                       {"What weighs the particles on the way: the twist psi, a stand-in for the likelihood of a noisy "
                        "state; lw is the logarithm of the weight. none weighs them at the end alone.",
                        "lw += log psi'(x') - log psi(x)",
                        "A twist that foresees the likelihood kills the right particles early."})
             .one_of({"auto", "none", "point", "pigdm", "tweedie", "monte_carlo", "exact"}),
         draws_of_either(),
         guided::guidance_field<Params>().only_with(
             "proposal", {"auto", "point", "pigdm", "tweedie", "monte_carlo", "exact", "pnp", "ddnm", "norm"}),
         guided::eta_field<Params>(1e-3),
     },
     guided::resampling_fields<Params>(),
     {guided::spread_field<Params>().only_with_any(
         {{"proposal", {"auto", "pigdm", "monte_carlo", "pnp"}}, {"twist", {"auto", "pigdm", "monte_carlo"}}})}});

std::shared_ptr<const Twist> twist_named(const std::string& name, const Params& params, const Problem& problem) {
    return guided::twist_named(name, problem, params.spread, params.draws);
}

/// Any shift that depends on nothing but the state will do; null where there is none.
std::shared_ptr<const Twist> proposal_named(const std::string& name, const Params& params, const Problem& problem) {
    if (name == "base") {
        return nullptr;
    }
    if (name == "pnp") {
        ProximalOptions options;
        options.spread = params.spread;
        return proximal_twist(problem, options);
    }
    if (name == "ddnm") {
        return projection_twist(problem);
    }
    if (name == "norm") {
        return make_twist(problem, {ErrorModel::Point, PullForm::UnitResidual, params.spread});
    }
    return twist_named(name, params, problem);
}

const Registration<Sampler> registration{
    {"smc", "SMC", "Particles with weights and resampling, for any choice of what moves and what weighs them.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const std::string proposal = guided::resolved_weighing(params.proposal, task.problem);
        const std::string weights = guided::resolved_weighing(params.twist, task.problem);
        const auto pull = proposal_named(proposal, params, task.problem);
        const auto psi = weights == "none"     ? nullptr
                         : weights == proposal ? pull
                                               : twist_named(weights, params, task.problem);
        const auto twist = paired_twist(task.problem, pull, psi);
        GuidedOptions options{.eta = params.eta, .guidance = params.guidance};
        options.form = proposal == "norm" ? PullForm::UnitResidual : PullForm::Score;
        guided::set_resampling(params, options);
        options.warnings = guided::twist_warnings(params.twist, task.problem);
        return guided_diffusion(std::move(task), twist, options);
    }};

}  // namespace
}  // namespace drift
