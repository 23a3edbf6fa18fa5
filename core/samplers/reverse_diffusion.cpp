// Plain reverse diffusion (guidance.md 1.6.1): samples of the prior, whatever the condition says.
//
//     x' = (1 - c) D + c x + tau z,   tau = eta tau_max

#include "core/guided.h"

namespace drift {
namespace {

struct Params {
    Curve eta = 1;
};

const Fields<Params> fields{
    Field<Params>("eta", &Params::eta, "Langevin noise",
                  {"How much fresh noise each step injects: 0 follows the deterministic flow, 1 is the ancestral step.",
                   "tau = eta sigma' sqrt(1 - sigma'^2 / sigma^2)", "More: paths forget their start and errors heal."})
        .between(0, 1.5)
        .live(),
};

const Registration<Sampler> registration{
    {"reverse_diffusion", "Reverse diffusion", "Samples the prior; ignores the observation.", describe(fields)},
    [](const ParamSet& params, Task task) {
        const auto twist = no_twist(task.problem);
        return guided_diffusion(std::move(task), twist, {.eta = typed(fields, params).eta});
    }};

}  // namespace
}  // namespace drift
