// Feynman-Kac steering (Singhal et al. 2025), guidance.md 1.6.9: particles of the prior are judged by a reward on the
// way and weighed by potentials G whose product is exp(lambda r(x0)), whatever is made of the scores in between
// (core/potential.h). The reward is the log likelihood of the condition. With the kernel `gradient` the steps are
// guided, and the weights carry p / q.

#include "core/automatic.h"
#include "core/samplers/guided_fields.h"

#include <cmath>

namespace drift {
namespace {

struct Params : guided::Weighted {
    std::string potential = "difference";
    double lambda = 1;
    std::string kernel = "base";
    std::string error_model = "auto";
    double score_start = 0;  // 0 stands for "auto"
    double score_every = 0;  // likewise
    double score_end = 0;    // likewise
    std::string reward_at = "denoised";
    int64_t draws = 8;
    int64_t best_of = 4;
};

const Fields<Params> potential_fields{
    Field<Params>("potential", &Params::potential, "potential",
                  {"What the scores on the way are made into; none weighs at the end alone, best_of keeps the best of "
                   "each group and weighs nothing.",
                   "difference lambda (r_k - r_before), max lambda max r, sum lambda sum r, reward lambda r_k",
                   "difference has the least variance, sum kills most greedily; the target is the same."})
        .one_of({"difference", "max", "sum", "reward", "none", "best_of"}),
    Field<Params>(
        "best_of", &Params::best_of, "best of",
        {"How many particles in a row compete.", "argmax r(x0) of each group", "More: greedier, fewer winners."})
        .between(2, 1000, true)
        .only_with("potential", {"best_of"}),
    Field<Params>("lambda", &Params::lambda, "lambda",
                  {"How much the reward counts; 1 makes it the likelihood that it is.",
                   "target p(x0) exp(lambda r(x0)), r = log p(y | x0)", "More: a sharper target, fewer survivors."})
        .between(1e-3, 1e3, true)
        .live(),
    Field<Params>("reward_at", &Params::reward_at, "reward at",
                  {"What is scored on the way: the denoised prediction, or draws around it.",
                   "r(D), or (1 / lambda) log mean_s exp(lambda r(D + r_k n_s))",
                   "Draws judge the chances of a particle rather than its mean."})
        .one_of({"denoised", "draws"}),
    Field<Params>("draws", &Params::draws, "draws",
                  {"How many draws a score averages over.", "s = 1 ... draws, r_k^2 = sigma^2 V / (V + sigma^2)",
                   "More: steadier scores, at so many evaluations of the reward."})
        .between(1, static_cast<double>(max_draws), true)
        .only_with("reward_at", {"draws"}),
    Field<Params>(
        "score_every", &Params::score_every, "score every",
        {"Steps from one score to the next, or their share of all steps if below 1; auto is an eighth.",
         "R = {start, start + every ... end} and the last", "Less: particles are judged and drawn more often."})
        .between(0, 100'000)
        .automatic(0)
        .live(),
    Field<Params>("score_start", &Params::score_start, "first score",
                  {"The first scored step, or its share of all steps if below 1; auto is the same as score every.",
                   "the least k in R", "Later: early scores, which know little, kill nobody."})
        .between(0, 100'000)
        .automatic(0)
        .live()
        .advanced(),
    Field<Params>("score_end", &Params::score_end, "last score",
                  {"The last step that may be scored, or its share of all steps if below 1; auto is the end.",
                   "the greatest k in R but for the last step", "Earlier: survivors have time to grow apart."})
        .between(0, 100'000)
        .automatic(0)
        .live()
        .advanced(),
};

const Fields<Params> kernel_fields{
    Field<Params>("kernel", &Params::kernel, "kernel",
                  {"What moves the particles: base is the unguided step and needs no gradient, gradient a guided one.",
                   "q = N(m + delta, tau^2 I), lw += log p / q", "gradient finds what base rarely hits."})
        .one_of({"base", "gradient"}),
    Field<Params>(
        "error_model", &Params::error_model, "error model",
        {"What guides the steps; auto is tweedie or pigdm where the measurement is linear, else exact where that is "
         "known, monte_carlo for points and point for pictures. The "
         "observation is taken to be normal around A D, with covariance S.",
         "S = sigma_y^2 I [+ r^2 A A^T | + A C A^T]", "A good one keeps the weights even."})
        .one_of({"auto", "point", "pigdm", "tweedie", "monte_carlo", "exact"})
        .only_with("kernel", {"gradient"}),
    guided::guidance_field<Params>().only_with("kernel", {"gradient"}),
    guided::eta_field<Params>(0),
};

const Fields<Params>& all_fields() {
    static const Fields<Params> all =
        guided::joined<Params>({potential_fields,
                                kernel_fields,
                                guided::resampling_fields<Params>(),
                                {guided::spread_field<Params>().only_with_any(
                                    {{"reward_at", {"draws"}}, {"error_model", {"auto", "pigdm", "monte_carlo"}}})}});
    return all;
}

PotentialKind potential_kind(const std::string& name) {
    return name == "difference" ? PotentialKind::Difference
           : name == "max"      ? PotentialKind::Max
           : name == "sum"      ? PotentialKind::Sum
           : name == "reward"   ? PotentialKind::Reward
           : name == "none"     ? PotentialKind::None
                                : PotentialKind::BestOf;
}

int64_t in_steps(double given, int64_t steps) {
    return std::llround(given < 1 ? given * static_cast<double>(steps) : given);
}

PotentialOptions potential_options(const Params& params, int64_t steps) {
    PotentialOptions options;
    options.kind = potential_kind(params.potential);
    options.lambda = params.lambda;
    options.draws = params.reward_at == "draws" ? params.draws : 0;
    options.spread = params.spread;
    options.best_of = params.best_of;
    options.every = std::max<int64_t>(1, params.score_every > 0 ? in_steps(params.score_every, steps) : steps / 8);
    options.start = params.score_start > 0 ? in_steps(params.score_start, steps) : options.every;
    options.end = params.score_end > 0 ? in_steps(params.score_end, steps) : steps;
    return options;
}

std::optional<double> automatic(const std::string& key, const ParamSet& set, int64_t steps) {
    const PotentialOptions options = potential_options(typed(all_fields(), set), steps);
    return key == "score_every"   ? std::optional(static_cast<double>(options.every))
           : key == "score_start" ? std::optional(static_cast<double>(options.start))
           : key == "score_end"   ? std::optional(static_cast<double>(options.end))
                                  : std::nullopt;
}

const AutomaticRegistration automatic_values{"fk_steering", automatic};

constexpr int64_t guiding_draws = 16;  // of monte_carlo; `draws` is about scores

std::shared_ptr<const Sampler> make_fk_steering(const ParamSet& set, Task task) {
    const Params params = typed(all_fields(), set);
    const auto twist = params.kernel == "base"
                           ? no_twist(task.problem)
                           : guided::twist_named(guided::resolved_weighing(params.error_model, task.problem),
                                                 task.problem, params.spread, guiding_draws);
    GuidedOptions options{.eta = params.eta, .guidance = params.guidance};
    guided::set_resampling(params, options);
    const PotentialOptions potential = potential_options(params, task.schedule.steps());
    if (potential.kind != PotentialKind::None && potential.start > std::min(potential.end, task.schedule.steps() - 1)) {
        options.warnings.push_back("No step is scored before the last one: 'score_start' is step " +
                                   std::to_string(potential.start) + ", 'score_end' step " +
                                   std::to_string(potential.end) + ", which is importance sampling");
    }
    options.potential = std::make_shared<const Potential>(task.problem, potential);
    return guided_diffusion(std::move(task), twist, options);
}

const Registration<Sampler> registration{
    {.key = "fk_steering",
     .title = "FK steering",
     .help = "Particles that are judged by a reward on the way: needs no gradient, exact as their number grows.",
     .params = describe(all_fields()),
     .power = [](const ParamSet& set) { return typed(all_fields(), set).lambda; }},
    make_fk_steering};

}  // namespace
}  // namespace drift
