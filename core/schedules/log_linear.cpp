// ln sigma falls linearly, the log-SNR schedule of guidance.md 1.2.

#include "core/schedules/common.h"

#include <cmath>

namespace drift {
namespace {

struct Params : schedules::SigmaRange {};

std::vector<double> levels(const Params& params) {
    const double from = std::log(params.sigma_max);
    const double to = std::log(params.sigma_min);
    return schedules::between(params, [&](double u) { return std::exp(from + u * (to - from)); });
}

const Fields<Params> fields = schedules::with_range<Params>({});

const Registration<Schedule> registration{
    {"log_linear", "Log-linear", "The logarithm of sigma falls linearly: easy to reason about.", describe(fields)},
    [](const ParamSet& params) { return levels(schedules::checked(typed(fields, params))); }};

}  // namespace
}  // namespace drift
