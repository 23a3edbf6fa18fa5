// The cosine schedule of Nichol and Dhariwal (2021), guidance.md 1.2:
//
//     abar(t) = cos^2(pi/2 (t + s) / (1 + s)) / cos^2(pi/2 s / (1 + s)),   sigma = sqrt((1 - abar) / abar)
//
// abar(1) = 0, so the run starts at the t where sigma = sigma_max, and ends where sigma = sigma_min.

#include "core/schedules/common.h"

#include <cmath>

namespace drift {
namespace {

constexpr double half_pi = 1.57079632679489661923;

struct Params : schedules::SigmaRange {
    double s = 0.008;
};

/// t with sigma(t) = sigma.
double time_of(double sigma, double s) {
    const double at_zero = std::cos(half_pi * s / (1 + s));
    return std::acos(at_zero / std::sqrt(1 + sigma * sigma)) * (1 + s) / half_pi - s;
}

std::vector<double> levels(const Params& params) {
    const double from = time_of(params.sigma_max, params.s);
    const double to = time_of(params.sigma_min, params.s);
    const double at_zero = std::cos(half_pi * params.s / (1 + params.s));
    return schedules::between(params, [&](double u) {
        const double t = from + u * (to - from);
        const double root_abar = std::cos(half_pi * (t + params.s) / (1 + params.s)) / at_zero;
        return std::sqrt(1 / (root_abar * root_abar) - 1);
    });
}

const Fields<Params> fields = schedules::with_range<Params>({
    Field<Params>("s", &Params::s, "offset s",
                  {"Keeps the first steps from being vanishingly small.", "s", "More: larger steps near the data."})
        .between(0, 0.5)
        .advanced(),
});

const Registration<Schedule> registration{
    {"cosine", "Cosine", "Even in the angle of the VP process.", describe(fields)},
    [](const ParamSet& params) { return levels(schedules::checked(typed(fields, params))); }};

}  // namespace
}  // namespace drift
