// Relative trajectory balance (Venkatraman et al. 2024), trained_samplers.md 1.6: a diffusion prior p that stays as it
// is, and a copy q that learns to be p(x) r(x) / Z:
//
//     delta = log Z + sum_k [log q(x_{k+1} | x_k) - log p(x_{k+1} | x_k)] - beta log r(x)   ->   0 on every trajectory
//
// The prior walks its schedule, or comes from one point by Brownian motion that is bent to end in it.

#include "core/samplers/trained_fields.h"

namespace drift {
namespace {

struct Params : trained::Common {
    Params() { iterations = 3000; }
    std::string reference = "auto";
    double sigma_squared = 5;
};

const Fields<Params>& fields() {
    static const Fields<Params> all = guided::joined<Params>(
        {{
             Field<Params>("reference", &Params::reference, "reference",
                           {"The prior as a process: along the schedule, or by Brownian motion from one point. auto is "
                            "the latter for a prior in closed form, else the former.",
                            "x' = (1 - c) D + c x + tau n, or x' = x + u Delta + sigma sqrt(Delta) n",
                            "From one point nothing is lost; along a schedule only if it begins with enough noise."})
                 .one_of({"auto", "prior", "pinned_brownian"}),
             trained::steps_field<Params>(
                 "How many steps lead from the point to a sample; for the other reference the schedule says it.")
                 .only_with("reference", {std::string("auto"), std::string("pinned_brownian")}),
             Field<Params>("sigma_squared", &Params::sigma_squared, "sigma squared",
                           {"Variance of the Brownian motion at its end.", "sigma^2", "More: wanders farther."})
                 .between(1e-6, 1e6, true)
                 .only_with("reference", {std::string("auto"), std::string("pinned_brownian")}),
         },
         trained::training_fields<Params>(),
         trained::source_fields<Params>(),
         trained::network_fields<Params>()});
    return all;  // made on first use: samplers register before main
}

bool pinned(const Params& params, bool has_closed_form) {
    return params.reference == "pinned_brownian" || (params.reference == "auto" && has_closed_form);
}

const Registration<Sampler> registration{
    {.key = "rtb",
     .title = "Relative trajectory balance",
     .help = "Fine-tunes a diffusion prior, step by step, to the posterior under any reward.",
     .params = describe(fields()),
     .comes_from_a_point = [](const ParamSet& set,
                              const Item& prior) { return pinned(typed(fields(), set), prior.has_closed_form); },
     .power = [](const ParamSet& set) { return trained::final_power(typed(fields(), set)); }},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields(), set);
        const bool from_a_point = pinned(params, task.problem.prior->mixture() != nullptr);
        const auto reference = from_a_point ? brownian_to_prior(task.problem.prior, params.sigma_squared, params.steps)
                                            : frozen_prior(task.problem.prior, task.schedule);
        return trained::make(params, {"rtb", set}, std::move(task), reference, 0);
    }};

}  // namespace
}  // namespace drift
