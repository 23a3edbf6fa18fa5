// Parameters that several guided methods share, described once.
#pragma once

#include "core/draws.h"
#include "core/guided.h"
#include "core/samplers/order_field.h"

#include <functional>
#include <initializer_list>
#include <numeric>
#include <string>
#include <vector>

namespace drift::guided {

struct Common {
    Curve guidance = 1;
    Curve eta = 1;
    double spread = 0;  // V; 0 stands for "auto"
};

template <class P>
Field<P> guidance_field() {
    return Field<P>(
               "guidance", static_cast<Curve P::*>(&P::guidance), "guidance",
               {"How hard the observation pulls on the denoised prediction.", "zeta in D + zeta sigma^2 grad log psi",
                "More: closer to the observation, at the price of leaving the prior and of lost spread."})
        .between(0, 1000, true)
        .live();
}

template <class P>
Field<P> eta_field(double least) {
    return Field<P>(
               "eta", static_cast<Curve P::*>(&P::eta), "Langevin noise",
               {"How much fresh noise each step injects: 0 follows the deterministic flow, 1 is the ancestral step.",
                "tau = eta sigma' sqrt(1 - sigma'^2 / sigma^2)", "More: paths forget their start and errors heal."})
        .between(least, 1.5)
        .live();
}

template <class P>
Field<P> spread_field() {
    return Field<P>(
               "spread", static_cast<double P::*>(&P::spread), "prior spread",
               {"Variance of the data, from which follows how wrong the denoised prediction may be; auto takes the "
                "prior's own.",
                "V in r^2 = sigma^2 V / (V + sigma^2)", "Too small: overconfident early on, and weights degenerate."})
        .between(0, 1e6, true)
        .automatic(0)
        .advanced();
}

/// What all weighted methods of the loop have in common.
struct Weighted : Common {
    std::string resampling = "systematic";
    double resample_below = 0.5;
    int64_t resample_every = 0;
    std::string order = "none";
};

template <class P>
Fields<P> resampling_fields() {
    return {
        Field<P>("resampling", static_cast<std::string P::*>(&P::resampling), "resampling",
                 {"How survivors are drawn from the weights.", "E[N_i] = n W_i for every scheme",
                  "systematic and ssp have the least variance, multinomial the most; killing leaves survivors in their "
                  "places."})
            .one_of(resampling_names())
            .live(),
        Field<P>("resample_below", static_cast<double P::*>(&P::resample_below), "resample below",
                 {"Resample when the effective sample size falls below this share of the particles.", "ESS < theta n",
                  "0 never, 1 always: more resampling evens the weights and costs ancestry."})
            .between(0, 1)
            .live()
            .only_with("resample_every", {int64_t{0}}),
        Field<P>("resample_every", static_cast<int64_t P::*>(&P::resample_every), "resample every",
                 {"Resample at every so-manieth step, or scored step, whatever the weights are; 0 asks the effective "
                  "sample size instead.",
                  "k = every, 2 every, ...", "Less: more even weights, fewer ancestors."})
            .between(0, 1000)
            .live()
            .advanced(),
        order_field<P>(),
    };
}

inline void set_resampling(const Weighted& params, GuidedOptions& options) {
    options.weighted = true;
    options.resampling = resampling_scheme(params.resampling);
    options.resample_below = params.resample_below;
    options.resample_every = params.resample_every;
    options.order = particle_order(params.order);
}

/// Tables of fields, one after the other.
template <class P>
Fields<P> joined(std::initializer_list<Fields<P>> tables) {
    Fields<P> all;
    for (const Fields<P>& table : tables) {
        all.insert(all.end(), table.begin(), table.end());
    }
    return all;
}

/// For the twist "monte_carlo" of the parameters named.
template <class P>
Field<P> draws_field(const std::string& key, std::vector<Value> with = {"auto", "monte_carlo"}) {
    return Field<P>("draws", static_cast<int64_t P::*>(&P::draws), "draws",
                    {"How many draws around the denoised prediction monte_carlo averages over.",
                     "psi = mean_s p(y | D + r n_s), r^2 = sigma^2 V / (V + sigma^2)",
                     "More: a steadier twist, at so many evaluations of the likelihood."})
        .between(1, static_cast<double>(max_draws), true)
        .only_with(key, std::move(with));
}

/// What "auto" stands for: tweedie where that has a closed form, pigdm where the measurement is linear, else point.
inline std::string resolved(const std::string& name, const Problem& problem) {
    if (name != "auto") {
        return name;
    }
    return closed_form_twist(problem) ? "tweedie" : problem.condition->linear() != nullptr ? "pigdm" : "point";
}

/// Draws that stand for the error of the denoised prediction fill so many dimensions, and no picture.
inline constexpr int64_t most_drawn_numbers = 16;

/// What "auto" stands for where particles are weighed. Point knows no error of the denoised prediction: under a
/// likelihood that is not linear it kills what would have been right, and the error bar of log Z does not tell. So it
/// is left to samples of many numbers: else the exact twist where there is one, or the average over draws.
inline std::string resolved_weighing(const std::string& name, const Problem& problem) {
    std::string plain = resolved(name, problem);
    if (name != "auto" || plain != "point" || problem.condition->is_none()) {
        return plain;
    }
    if (problem.exact != nullptr && problem.prior->mixture() != nullptr) {
        return "exact";
    }
    const std::vector<int64_t> shape = problem.prior->sample_shape();
    const int64_t numbers = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
    return numbers <= most_drawn_numbers ? "monte_carlo" : "point";
}

/// What is to be said of the twist that particles are weighed by, where nobody has chosen it.
inline std::vector<std::string> twist_warnings(const std::string& given, const Problem& problem) {
    const std::string name = resolved_weighing(given, problem);
    if (given != "auto" || problem.condition->is_none() || (name != "point" && name != "monte_carlo")) {
        return {};
    }
    return {"The twist is " + name + " here, " +
            (name == "point" ? "the likelihood of the denoised prediction" : "a mean over a few draws") +
            ": this condition is no linear measurement, and weights by that twist may have heavy tails, so that log Z "
            "can be far off with a small error bar. Compare with ais"};
}

/// A twist by the name that parameters give it: auto, point, pigdm, tweedie, monte_carlo or exact. Throws UserError
/// where it does not fit.
inline std::shared_ptr<const Twist> twist_named(const std::string& given, const Problem& problem, double spread,
                                                int64_t draws, PullForm form = PullForm::Score) {
    const std::string name = resolved(given, problem);
    if ((name == "exact" || name == "monte_carlo") && form != PullForm::Score) {
        throw UserError("'sampler.guidance_units' is norm or step, which know no error model " + name +
                        ": choose point, or the units 'score'");
    }
    if (name == "exact") {
        return exact_twist(problem);
    }
    if (name == "monte_carlo") {
        return monte_carlo_twist(problem, draws, spread);
    }
    const ErrorModel model = name == "point"   ? ErrorModel::Point
                             : name == "pigdm" ? ErrorModel::Pigdm
                                               : ErrorModel::Tweedie;
    return make_twist(problem, {model, form, spread});
}

/// For methods that estimate the gradient of the likelihood: whether that of the denoiser is taken.
template <class P>
Field<P> denoiser_gradient_field() {
    return Field<P>(
               "denoiser_gradient", &P::denoiser_gradient, "through the denoiser",
               {"Whether the pull goes back through the denoiser's Jacobian; else nothing at all is differentiated.",
                "sigma^2 J^T g or r^2 g, r^2 = sigma^2 V / (V + sigma^2)",
                "Off: cheaper, for a denoiser without a gradient; right for a Gaussian prior of variance V."})
        .live();
}

}  // namespace drift::guided
