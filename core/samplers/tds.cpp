// The twisted diffusion sampler (Wu et al. 2023), guidance.md 1.6.8:
//
//     x' = m + delta + tau z,   delta = (1 - c) zeta pull
//     lw += log psi'(x') - log psi(x) - (z delta / tau + |delta|^2 / (2 tau^2))
//
// and at the end lw += log p(y | x_K) - log psi. Exact for the discretised model as n grows, whatever psi is.

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

struct Params : guided::Common {
    std::string twist = "auto";
    std::string resampling = "systematic";
    double resample_below = 0.5;
};

const Fields<Params> fields{
    Field<Params>("twist", &Params::twist, "twist",
                  {"Stand-in for the likelihood of a noisy state; auto is tweedie where the prior has a closed form, "
                   "pigdm where the measurement is linear, else point.",
                   "psi = N(y; A D, S), S = sigma_y^2 I [+ r^2 A A^T | + A C A^T]",
                   "Any twist is exact in the limit; a good one keeps the weights even."})
        .one_of({"auto", "tweedie", "pigdm", "point"}),
    guided::guidance_field<Params>(),
    guided::eta_field<Params>(1e-3),
    Field<Params>("resampling", &Params::resampling, "resampling",
                  {"How survivors are drawn from the weights.", "E[N_i] = n W_i for every scheme",
                   "systematic and ssp have the least variance, multinomial the most."})
        .one_of(resampling_names())
        .live(),
    Field<Params>("resample_below", &Params::resample_below, "resample below",
                  {"Resample when the effective sample size falls below this share of the particles.", "ESS < theta n",
                   "0 never, 1 always: more resampling evens the weights and costs ancestry."})
        .between(0, 1)
        .live(),
    guided::spread_field<Params>(),
};

ErrorModel twist_model(const std::string& name, const Problem& problem) {
    if (name != "auto") {
        return guided::error_model(name);
    }
    const LinearGaussian* linear = problem.condition->linear();
    if (linear == nullptr) {
        return ErrorModel::Point;
    }
    return closed_form_twist(problem) ? ErrorModel::Tweedie : ErrorModel::Pigdm;
}

const Registration<Sampler> registration{
    {"tds", "TDS", "Guided particles with weights and resampling: exact as the number of particles grows.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const auto twist =
            make_twist(task.problem, {twist_model(params.twist, task.problem), PullForm::Score, params.spread});
        return guided_diffusion(std::move(task), twist,
                                {.eta = params.eta,
                                 .guidance = params.guidance,
                                 .weighted = true,
                                 .resampling = resampling_scheme(params.resampling),
                                 .resample_below = params.resample_below});
    }};

}  // namespace
}  // namespace drift
