// Diffusion samplers (Zhang and Chen 2022; Sendera et al. 2024), trained_samplers.md 1.2: the drift that bends Brownian
// motion from 0 to end in the posterior, whose density is all that is asked for:
//
//     x' = x + u(x, t) Delta + sigma sqrt(Delta) n,   log w = log p0(x) + beta log r(x) - log N(x; 0, sigma^2 I)

#include "core/samplers/trained_fields.h"

namespace drift {
namespace {

struct Params : trained::Common {
    Params() {
        iterations = 3000;
        floor = 0;
        on_policy = 0.25;
        exploring = 0.25;
        reference_share = 0;
        buffer = 0.25;
        local_search = 0.25;
    }
    std::string reference = "pinned_brownian";
    double sigma_squared = 5;
};

const Fields<Params>& fields() {
    static const Fields<Params> all = guided::joined<Params>(
        {{
             Field<Params>("reference", &Params::reference, "reference",
                           {"The process that the policy starts as.", "x' = x + sigma sqrt(Delta) n from 0",
                            "No choice so far: its variance says how far it wanders."})
                 .one_of({"pinned_brownian"})
                 .advanced(),
             trained::steps_field<Params>("How many steps lead from the point to a sample."),
             Field<Params>("sigma_squared", &Params::sigma_squared, "sigma squared",
                           {"Variance of the Brownian motion at its end.", "sigma^2",
                            "More: wanders farther, and leaves more to close unless the variance is learned."})
                 .between(1e-6, 1e6, true),
         },
         trained::training_fields<Params>(),
         trained::source_fields<Params>(),
         trained::network_fields<Params>()});
    return all;  // made on first use: samplers register before main
}

const Registration<Sampler> registration{
    {.key = "diffusion_sampler",
     .title = "Diffusion sampler",
     .help = "Learns a drift that leads from one point to the posterior, by its density alone.",
     .params = describe(fields()),
     .walks_noise = false,
     .power = [](const ParamSet& set) { return trained::final_power(typed(fields(), set)); }},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields(), set);
        const int64_t dimension = task.problem.prior->sample_shape().at(0);
        const auto reference = pinned_brownian(dimension, params.sigma_squared, params.steps);
        return trained::make(params, {"diffusion_sampler", set}, std::move(task), reference, params.sigma_squared);
    }};

}  // namespace
}  // namespace drift
