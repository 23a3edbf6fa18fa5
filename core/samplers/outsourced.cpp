// Outsourced diffusion sampling (Venkatraman et al. 2025), trained_samplers.md 1.7: learns which noise to feed to a
// frozen generator x = f(z). A policy over z, measured against the process that keeps N(0, I):
//
//     x' = sqrt(1 - b) x + b c(x, t) + sqrt(b exp(a(x, t))) n,   log w = beta log r(f(z))
//
// Neither f nor r needs a gradient.

#include "core/samplers/trained_fields.h"
#include "core/space.h"

namespace drift {
namespace {

struct Params : trained::Common {
    Params() {
        steps = 25;
        learn_variance = true;
        iterations = 1500;
    }
    std::string reference = "vp";
};

const Fields<Params>& fields() {
    static const Fields<Params> all = guided::joined<Params>(
        {{
             Field<Params>("reference", &Params::reference, "reference",
                           {"The process that the policy starts as: it keeps the prior of noise, exactly.",
                            "x' = sqrt(1 - b) x + sqrt(b) n",
                            "No choice so far: before any training samples are those of the prior."})
                 .one_of({"vp"})
                 .advanced(),
             trained::steps_field<Params>("How many steps lead from noise to noise."),
         },
         trained::training_fields<Params>(),
         trained::source_fields<Params>(),
         trained::network_fields<Params>()});
    return all;  // made on first use: samplers register before main
}

ParamSet parameters() {
    ParamSet set = describe(fields());
    set.add(noise_space_only());
    return set;
}

const Registration<Sampler> registration{
    {.key = "outsourced",
     .title = "Outsourced diffusion",
     .help = "Learns, without gradients, which noise to feed to a generator that stays as it is.",
     .params = parameters(),
     .walks_noise = false,
     .power = [](const ParamSet& set) { return trained::final_power(typed(fields(), set)); }},
    [](const ParamSet& set, Task task) {
        if (task.decoder == nullptr) {
            throw UserError("'sampler.type' is outsourced, which works in noise space: set \"space\" to noise");
        }
        const Params params = typed(fields(), set);
        const int64_t latent = task.problem.prior->sample_shape().at(0);
        const auto reference = stationary_reference(latent, stationary_grid(params.steps));
        return trained::make(params, {"outsourced", set}, std::move(task), reference, 0);
    }};

}  // namespace
}  // namespace drift
