// Noise levels of a run in EDM coordinates, x = x0 + sigma n: a strictly decreasing list of sigma that ends with 0.
// guidance.md 1.2. Each schedule is a file in core/schedules/ that registers a maker.
#pragma once

#include "core/catalog.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace drift {

struct Schedule {
    static constexpr Kind kind = Kind::Schedule;
    /// The positive levels, noisiest first.
    using Make = std::function<std::vector<double>(const ParamSet&)>;

    std::vector<double> sigma;  // [steps + 1], the last one 0

    int64_t steps() const { return static_cast<int64_t>(sigma.size()) - 1; }
    double at(int64_t step) const { return sigma.at(static_cast<size_t>(step)); }
};

/// Builds the list, appends 0 and checks that it decreases strictly; throws UserError where it does not.
Schedule make_schedule(const Choice& choice);

/// Injected noise of one step from `sigma` to `sigma_next` (guidance.md 1.3): eta times the ancestral
/// tau_max = sigma' sqrt(1 - sigma'^2 / sigma^2), at most sigma'. 0 on the last step.
double injected_noise(double sigma, double sigma_next, double eta);
/// The eta that injects tau; 0 on the last step.
double eta_of(double tau, double sigma, double sigma_next);

/// The weight c of the old state in x' = (1 - c) D + c x + tau z, c = sqrt(sigma'^2 - tau^2) / sigma.
double keep_factor(double sigma, double sigma_next, double tau);

}  // namespace drift
