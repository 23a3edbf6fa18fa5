// The Metropolis-adjusted Langevin algorithm: parallel chains from draws of the prior to the posterior p0(x) p(y | x).
//
//     x* = x + eps grad log pi(x) + sqrt(2 eps) z, accepted with min(1, pi(x*) q(x | x*) / (pi(x) q(x* | x)))

#include "core/samplers/chain_fields.h"

namespace drift {
namespace {

using Params = chains::Common;

const Fields<Params> fields{
    chains::steps_field<Params>(),
    chains::moves_field<Params>(),
    chains::step_size_field<Params>("eps in x* = x + eps grad log pi + sqrt(2 eps) z",
                                    "In squared units of the data; pi is the posterior. Too large: nearly everything "
                                    "is refused; too small: the chains crawl."),
    chains::tune_field<Params>("log eps += gain (acceptance - 0.574)"),
    chains::burn_in_field<Params>().only_with("tune", {true}),
};

const Registration<Sampler> registration{
    {"mala", "MALA", "Markov chains that follow the gradient of the posterior and refuse what it does not support.",
     describe(fields), false},
    [](const ParamSet& set, Task task) {
        const auto target = data_target(task.problem, task.options, 1);
        require_density(*target, "mala");
        return parallel_chains(std::move(task), target, mala_move(), chains::options_of(typed(fields, set)));
    }};

}  // namespace
}  // namespace drift
