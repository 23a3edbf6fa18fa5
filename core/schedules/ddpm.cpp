// The discrete schedule of Ho et al. (2020), guidance.md 1.2: beta linear from 1e-4 to 0.02 over T = 1000,
//
//     abar_i = prod (1 - beta_j),   sigma = sqrt((1 - abar) / abar),
//
// at K of the T indices, evenly spaced or as DiffPIR does, sqrt(linspace(0, T^2)): denser at high noise.

#include "core/schedules/common.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

struct Params : schedules::StepCount {
    double beta_first = 1e-4;
    double beta_last = 0.02;
    int64_t train_steps = 1000;
    std::string spacing = "uniform";
};

std::vector<double> levels(const Params& params) {
    if (params.steps > params.train_steps) {
        throw UserError("'schedule.steps' is " + std::to_string(params.steps) + ", but ddpm has 'train_steps', " +
                        std::to_string(params.train_steps) + ", at most");
    }
    const auto total = static_cast<size_t>(params.train_steps);
    std::vector<double> sigma_at(total);
    double log_abar = 0;
    for (size_t j = 0; j < total; ++j) {
        const double u = total > 1 ? static_cast<double>(j) / static_cast<double>(total - 1) : 0.0;
        log_abar += std::log1p(-(params.beta_first + u * (params.beta_last - params.beta_first)));
        sigma_at[j] = std::sqrt(std::expm1(-log_abar));
    }
    std::vector<double> sigma(static_cast<size_t>(params.steps));
    size_t above = total;  // index used one level earlier: rounding must not use the same one twice
    for (size_t i = 0; i < sigma.size(); ++i) {
        const double left = sigma.size() > 1 ? 1 - static_cast<double>(i) / static_cast<double>(sigma.size() - 1) : 1.0;
        const double share = params.spacing == "quad" ? std::sqrt(left) : left;
        const auto wanted = static_cast<size_t>(std::llround(share * static_cast<double>(total - 1)));
        const size_t room = sigma.size() - 1 - i;  // levels that must still fit below this one
        above = std::max(std::min(wanted, above - 1), room);
        sigma[i] = sigma_at[above];
    }
    return sigma;
}

const Fields<Params> fields{
    schedules::steps_field<Params>(),
    Field<Params>(
        "spacing", &Params::spacing, "spacing",
        {"Which of the training steps are used.", "uniform: T u; quad: T sqrt(u)", "quad: more steps at high noise."})
        .one_of({"uniform", "quad"}),
    Field<Params>("train_steps", &Params::train_steps, "training steps",
                  {"How many levels the network was trained with.", "T", "Must match the network."})
        .between(1, 100000)
        .advanced(),
    Field<Params>("beta_first", &Params::beta_first, "first beta",
                  {"Noise rate next to the data.", "beta_1", "More: a higher last noise level."})
        .between(1e-7, 0.5, true)
        .advanced(),
    Field<Params>("beta_last", &Params::beta_last, "last beta",
                  {"Noise rate next to pure noise.", "beta_T", "More: a higher first noise level."})
        .between(1e-7, 0.9, true)
        .advanced(),
};

const Registration<Schedule> registration{
    {"ddpm", "DDPM discrete", "A thousand discrete levels with linear beta, or some of them.", describe(fields)},
    [](const ParamSet& params) { return levels(typed(fields, params)); }};

}  // namespace
}  // namespace drift
