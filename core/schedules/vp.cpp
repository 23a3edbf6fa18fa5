// The continuous variance-preserving schedule of Song et al. (2021) in EDM coordinates, guidance.md 1.2:
//
//     sigma(t) = sqrt(exp(beta_d t^2 / 2 + beta_min t) - 1),   t from 1 to t_min, uniform

#include "core/schedules/common.h"

#include <cmath>

namespace drift {
namespace {

struct Params : schedules::StepCount {
    double beta_d = 19.9;
    double beta_min = 0.1;
    double t_min = 1e-3;
};

std::vector<double> levels(const Params& params) {
    std::vector<double> sigma(static_cast<size_t>(params.steps));
    for (size_t i = 0; i < sigma.size(); ++i) {
        const double u = i == 0 ? 0.0 : static_cast<double>(i) / static_cast<double>(params.steps - 1);
        const double t = 1 + u * (params.t_min - 1);
        sigma[i] = std::sqrt(std::expm1(0.5 * params.beta_d * t * t + params.beta_min * t));
    }
    return sigma;
}

const Fields<Params> fields{
    schedules::steps_field<Params>(),
    Field<Params>("beta_d", &Params::beta_d, "beta_d",
                  {"How fast the noise rate grows.", "beta(t) = beta_min + beta_d t", "More: more noise at the start."})
        .between(0.01, 100),
    Field<Params>("beta_min", &Params::beta_min, "beta_min",
                  {"The noise rate next to the data.", "beta(0)", "More: larger steps at the end."})
        .between(0, 10),
    Field<Params>("t_min", &Params::t_min, "t min",
                  {"The last time before the clean sample.", "t_{K-1}", "Less: a lower last noise level."})
        .between(1e-6, 0.5, true),
};

const Registration<Schedule> registration{
    {"vp", "Variance preserving", "The continuous VP process, in EDM coordinates.", describe(fields)},
    [](const ParamSet& params) { return levels(typed(fields, params)); }};

}  // namespace
}  // namespace drift
