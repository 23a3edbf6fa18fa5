// The variance-exploding schedule of Song et al. (2021), guidance.md 1.2:
//
//     sigma_i^2 = sigma_max^2 (sigma_min^2 / sigma_max^2)^u

#include "core/schedules/common.h"

#include <cmath>

namespace drift {
namespace {

struct Params : schedules::SigmaRange {};

std::vector<double> levels(const Params& params) {
    const double ratio = params.sigma_min / params.sigma_max;
    return schedules::between(
        params, [&](double u) { return std::sqrt(params.sigma_max * params.sigma_max * std::pow(ratio * ratio, u)); });
}

const Fields<Params> fields = schedules::with_range<Params>({});

const Registration<Schedule> registration{
    {"ve", "Variance exploding", "The variance falls by the same factor every step.", describe(fields)},
    [](const ParamSet& params) { return levels(schedules::checked(typed(fields, params))); }};

}  // namespace
}  // namespace drift
