// Annealed importance sampling (Neal 2001) and tempered sequential Monte Carlo (Del Moral, Doucet, Jasra 2006),
// guidance.md 2.6: from the prior to the posterior along pi_beta(x) proportional to p0(x) p(y | x)^beta. At every rung
//
//     lw += (beta_k - beta_{k-1}) log p(y | x);   [resample];   moves that leave pi_beta_k as it is

#include "core/annealing.h"
#include "core/samplers/order_field.h"

namespace drift {
namespace {

struct Params {
    std::string ladder = "adaptive";
    double rho = 0.5;
    double first_beta = 1e-3;
    double power = 4;
    Curve beta{{{0, 0}, {1, 1}}, Interpolation::Linear};
    int64_t rungs = 100;
    std::string move = "mala";
    int64_t moves_per_rung = 5;
    double step_size = 0.05;
    bool tune = true;
    int64_t leapfrogs = 10;
    std::string mass = "cloud";
    double jitter = 0.2;
    std::string resampling = "systematic";
    double resample_below = 0.9;
    int64_t resample_every = 0;
    std::string order = "none";
    bool waste_free = false;
    bool pilot = false;
};

const Fields<Params> ladder_fields{
    Field<Params>("ladder", &Params::ladder, "ladder",
                  {"How the rungs between prior and posterior are chosen: adaptive finds each from the weights, the "
                   "others are fixed beforehand.",
                   "adaptive: CESS = rho n; geometric: beta_1^((n - k) / (n - 1)); power: (k / n)^p",
                   "A fixed ladder without tuning leaves Z exactly unbiased."})
        .one_of({"adaptive", "geometric", "power", "drawn"}),
    Field<Params>("rho", &Params::rho, "kept per rung",
                  {"How even an adaptive rung leaves the weights: the share of the effective sample that it keeps.",
                   "CESS = n (sum W u)^2 / sum W u^2 = rho n, u = exp(increment)", "More: more and smaller rungs."})
        .between(0.05, 0.99)
        .live()
        .only_with("ladder", {"adaptive"}),
    Field<Params>("first_beta", &Params::first_beta, "first rung",
                  {"How much the likelihood counts at the first rung of a geometric ladder: beta is 0 at the prior and "
                   "1 at the posterior, an inverse temperature.",
                   "beta_1", "Less: a gentler start."})
        .between(1e-8, 0.5, true)
        .only_with("ladder", {"geometric"}),
    Field<Params>("power", &Params::power, "power",
                  {"How much closer the rungs of a power ladder are near the prior.", "beta = (k / n)^p",
                   "3 to 5 are customary."})
        .between(1, 10)
        .only_with("ladder", {"power"}),
    Field<Params>("beta", &Params::beta, "beta",
                  {"How much the likelihood counts, as drawn: beta goes from 0, the prior, on the left to 1, the "
                   "posterior; the last rung is always 1. An inverse temperature.",
                   "beta at u = k / n", "Flat where small rungs are needed; it must not fall."})
        .between(0, 1)
        .only_with("ladder", {"drawn"}),
    Field<Params>("rungs", &Params::rungs, "rungs",
                  {"How many rungs there are; of an adaptive ladder the most, the last of which leaps to 1.", "n",
                   "More: smaller increments of the weights."})
        .between(1, 10'000, true),
};

const Fields<Params> move_fields{
    Field<Params>("move", &Params::move, "move",
                  {"What spreads the particles out at every rung, by moves K that keep its distribution pi_beta: prior "
                   "times likelihood^beta. langevin is MALA without a decision, and biased.",
                   "mala, hmc, random_walk: pi_beta K = pi_beta", "hmc goes farthest, random_walk needs no gradient."})
        .one_of({"mala", "hmc", "random_walk", "langevin"}),
    Field<Params>("moves_per_rung", &Params::moves_per_rung, "moves per rung",
                  {"How often each particle is moved at a rung.", "x <- move(x), so often",
                   "More: families grow apart sooner, at so much more work."})
        .between(1, 1000, true)
        .live(),
    Field<Params>("step_size", &Params::step_size, "step size",
                  {"How far a move goes; where it is tuned, where tuning begins. In squared units of the data for mala "
                   "and langevin, in units of the data for hmc, in shares of the cloud's width L for random_walk.",
                   "eps of mala and langevin, h of hmc, the factor of 2.38 / sqrt(d) L z of random_walk",
                   "Too large: nearly everything is refused; too small: no way is made."})
        .between(1e-8, 1e4, true)
        .live(),
    Field<Params>("tune", &Params::tune, "tune step size",
                  {"Adapts the step size from move to move, and from rung to rung by the spread of the weighted cloud.",
                   "log eps += acceptance - target; 0.574 for mala, 0.75 hmc, 0.234 random_walk",
                   "Off: the step size stays as it is set."}),
    Field<Params>("leapfrogs", &Params::leapfrogs, "leapfrogs",
                  {"How many steps a trajectory has before it is accepted or refused.", "L; it is L h long",
                   "More: proposals farther away, at so much more work."})
        .between(1, 1000, true)
        .live()
        .only_with("move", {"hmc"}),
    Field<Params>("mass", &Params::mass, "mass",
                  {"Whether directions in which the weighted cloud is wide are walked faster.",
                   "M = 1 or M = 1 / diag Cov[x]", "cloud helps where coordinates have different scales."})
        .one_of({"cloud", "one"})
        .only_with("move", {"hmc"}),
    Field<Params>("jitter", &Params::jitter, "jitter",
                  {"Share by which the step size of each trajectory varies.", "h (1 + jitter U), U in [-1, 1]",
                   "0: trajectories of one length, which may keep coming back to their start."})
        .between(0, 0.9)
        .live()
        .only_with("move", {"hmc"})
        .advanced(),
};

const Fields<Params> weight_fields{
    Field<Params>(
        "resampling", &Params::resampling, "resampling",
        {"How survivors are drawn from the weights: particle i gets N_i children, in proportion to its share W_i of "
         "the weight.",
         "E[N_i] = n W_i for every scheme", "systematic and ssp have the least variance, multinomial the most."})
        .one_of(resampling_names())
        .live(),
    Field<Params>("resample_below", &Params::resample_below, "resample below",
                  {"Resample before the moves of a rung when the effective sample size has fallen below this share of "
                   "the particles. 0.9 stands clear of the half that adaptive rungs leave by default, so that rounding "
                   "does not decide, and spares a last rung that leaves the weights even.",
                   "ESS < theta n", "0 never: annealed importance sampling; 1 always: tempered Monte Carlo."})
        .between(0, 1)
        .live()
        .only_with("waste_free", {false}),
    Field<Params>("resample_every", &Params::resample_every, "resample every",
                  {"Resample at every so-manieth rung, whatever the weights are; 0 asks the effective sample size "
                   "instead.",
                   "k = every, 2 every, ...", "Less: more even weights, fewer ancestors."})
        .between(0, 1000)
        .live()
        .advanced(),
    order_field<Params>(),
    Field<Params>(
        "waste_free", &Params::waste_free, "keep all states",
        {"Waste-free: few particles are drawn at each rung, and all states of their chains are the next ones.",
         "n / (moves + 1) chains; always resamples", "As many particles for a fraction of the moves."}),
    Field<Params>("pilot", &Params::pilot, "pilot run",
                  {"Settles ladder and step sizes in a run of its own with other random numbers.",
                   "E[Z-hat] = Z exactly, since nothing is adapted on the way", "Twice the work."}),
};

Fields<Params> all_fields() {
    Fields<Params> all = ladder_fields;
    all.insert(all.end(), move_fields.begin(), move_fields.end());
    all.insert(all.end(), weight_fields.begin(), weight_fields.end());
    return all;
}

std::shared_ptr<const Move> move_of(const Params& params) {
    if (params.move == "hmc") {
        return hmc_move({params.leapfrogs, params.jitter, params.mass == "cloud"});
    }
    if (params.move == "random_walk") {
        return random_walk_move();
    }
    return params.move == "mala" ? mala_move() : ula_move();
}

LadderKind ladder_of(const std::string& name) {
    return name == "adaptive"    ? LadderKind::Adaptive
           : name == "geometric" ? LadderKind::Geometric
           : name == "power"     ? LadderKind::Power
                                 : LadderKind::Drawn;
}

std::shared_ptr<const Sampler> make_ais(const ParamSet& set, Task task) {
    const Params params = typed(all_fields(), set);
    const auto target = data_target(task.problem, task.options, 1);
    require_density(*target, "ais");
    AnnealingOptions options;
    options.ladder = ladder_of(params.ladder);
    options.rungs = params.rungs;
    options.rho = params.rho;
    options.first_beta = params.first_beta;
    options.power = params.power;
    options.drawn = params.beta;
    options.moves_per_rung = params.moves_per_rung;
    options.step_size = params.step_size;
    options.tune = params.tune;
    options.resampling = resampling_scheme(params.resampling);
    options.resample_below = params.resample_below;
    options.resample_every = params.resample_every;
    options.order = particle_order(params.order);
    if (params.waste_free && (options.resample_every > 0 || options.order != ParticleOrder::None)) {
        throw UserError(
            "'sampler.waste_free' draws at every rung whom its few chains start from: leave 'resample_every' at 0 and "
            "'order' at none, or turn 'waste_free' off");
    }
    if (params.waste_free && options.resampling == ResamplingScheme::Killing) {
        throw UserError(
            "'sampler.resampling' is killing, which replaces particles one by one, but waste-free chains "
            "start from fewer particles than there are: choose another, or turn 'waste_free' off");
    }
    options.waste_free = params.waste_free;
    options.pilot = params.pilot;
    return annealing(std::move(task), target, move_of(params), options);
}

const Registration<Sampler> registration{
    {"ais", "Annealing (AIS, SMC)",
     "Particles that are led from the prior to the posterior rung by rung, with weights and the evidence.",
     describe(all_fields()), false},
    make_ais};

}  // namespace
}  // namespace drift
