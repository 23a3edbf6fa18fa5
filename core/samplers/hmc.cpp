// Hamiltonian Monte Carlo: parallel chains from draws of the prior to the posterior p0(x) p(y | x).
//
//     p ~ N(0, M); L times p += h/2 grad log pi, x += h M^-1 p, p += h/2 grad log pi; accepted by the error in energy

#include "core/samplers/chain_fields.h"

namespace drift {
namespace {

struct Params : chains::Common {
    int64_t leapfrogs = 10;
    double jitter = 0.2;
    std::string mass = "cloud";
    double target_acceptance = 0.75;
};

const Fields<Params> fields{
    chains::steps_field<Params>(),
    chains::moves_field<Params>(),
    Field<Params>("leapfrogs", &Params::leapfrogs, "leapfrogs",
                  {"How many steps a trajectory has before it is accepted or refused.", "L; it is L h long",
                   "More: proposals farther away, at so much more work; far too many come back."})
        .between(1, 1000, true)
        .live(),
    chains::step_size_field<Params>("h in x += h M^-1 p",
                                    "In units of the data where M is 1; p is the momentum. Too large: energy is not "
                                    "kept and all is refused; too small: no way is made."),
    chains::tune_field<Params>("log h += gain (acceptance - target)"),
    Field<Params>(
        "target_acceptance", &Params::target_acceptance, "target acceptance",
        {"The share of trajectories that tuning lets through.", "0.65 to 0.8 is best", "More: smaller steps."})
        .between(0.3, 0.95)
        .only_with("tune", {true})
        .advanced(),
    chains::burn_in_field<Params>(),
    Field<Params>("mass", &Params::mass, "mass",
                  {"Whether directions in which the cloud is wide are walked faster: one is the same for all, cloud "
                   "takes the spread of the particles during burn-in.",
                   "M = 1 or M = 1 / diag Cov[x]", "cloud helps where coordinates have different scales."})
        .one_of({"cloud", "one"}),
    Field<Params>("jitter", &Params::jitter, "jitter",
                  {"Share by which the step size of each trajectory varies.", "h (1 + jitter U), U in [-1, 1]",
                   "0: trajectories of one length, which may keep coming back to their start."})
        .between(0, 0.9)
        .live()
        .advanced(),
};

const Registration<Sampler> registration{
    {"hmc", "HMC", "Markov chains that glide along trajectories of the posterior's energy.", describe(fields), false},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const auto target = data_target(task.problem, task.options, 1);
        require_density(*target, "hmc");
        const auto move = hmc_move({params.leapfrogs, params.jitter, params.mass == "cloud"});
        ChainOptions options = chains::options_of(params);
        options.wanted_acceptance = params.target_acceptance;
        return parallel_chains(std::move(task), target, move, options);
    }};

}  // namespace
}  // namespace drift
