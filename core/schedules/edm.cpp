// The schedule of Karras et al. (2022), guidance.md 1.2:
//
//     sigma_i = (sigma_max^{1/rho} + u (sigma_min^{1/rho} - sigma_max^{1/rho}))^rho,   u = i / (K - 1)

#include "core/schedules/common.h"

#include <cmath>

namespace drift {
namespace {

struct Params : schedules::SigmaRange {
    double rho = 7;
};

std::vector<double> levels(const Params& params) {
    const double from = std::pow(params.sigma_max, 1 / params.rho);
    const double to = std::pow(params.sigma_min, 1 / params.rho);
    return schedules::between(params, [&](double u) { return std::pow(from + u * (to - from), params.rho); });
}

const Fields<Params> fields = schedules::with_range<Params>({
    Field<Params>("rho", &Params::rho, "rho",
                  {"How much denser the steps become towards the data.", "sigma^(1/rho) is evenly spaced",
                   "More: more of the steps at low noise."})
        .between(0.5, 100, true),
});

const Registration<Schedule> registration{
    {"edm", "EDM (Karras)", "Power law between two noise levels; rho 7 is customary.", describe(fields)},
    [](const ParamSet& params) { return levels(schedules::checked(typed(fields, params))); }};

}  // namespace
}  // namespace drift
