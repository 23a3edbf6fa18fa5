#include "core/schedule.h"

#include <algorithm>
#include <cmath>

namespace drift {

Schedule make_schedule(const Choice& choice) {
    Schedule schedule{make<Schedule>(choice)};
    schedule.sigma.push_back(0.0);
    for (size_t i = 0; i + 1 < schedule.sigma.size(); ++i) {
        if (!std::isfinite(schedule.sigma[i]) || !(schedule.sigma[i] > schedule.sigma[i + 1])) {
            throw UserError("'schedule' must fall strictly, but level " + std::to_string(i) + " is " +
                            shown(schedule.sigma[i]) + " and level " + std::to_string(i + 1) + " is " +
                            shown(schedule.sigma[i + 1]) + "; choose fewer steps or a larger range of sigma");
        }
    }
    return schedule;
}

double injected_noise(double sigma, double sigma_next, double eta) {
    const double ratio = sigma_next / sigma;
    const double tau_max = sigma_next * std::sqrt(std::max(0.0, 1.0 - ratio * ratio));
    return std::clamp(eta * tau_max, 0.0, sigma_next);
}

double eta_of(double tau, double sigma, double sigma_next) {
    const double tau_max = injected_noise(sigma, sigma_next, 1);
    return tau_max > 0 ? tau / tau_max : 0;
}

double keep_factor(double sigma, double sigma_next, double tau) {
    return std::sqrt(std::max(0.0, sigma_next * sigma_next - tau * tau)) / sigma;
}

}  // namespace drift
