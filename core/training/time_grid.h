// The steps of a trained sampler: the one owner of times and variances, shared by whoever rolls out, scores and draws.
// trained_samplers.md 1.5, 1.7 and 8.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace drift {

/// T steps; step k leads from state k to state k + 1.
struct TimeGrid {
    std::vector<double> variance;  // [T] v_k of the noise of step k

    int64_t steps() const { return static_cast<int64_t>(variance.size()); }
    double time(int64_t k) const { return static_cast<double>(k) / static_cast<double>(steps()); }
    double at(int64_t k) const { return variance.at(static_cast<std::size_t>(k)); }
};

/// sigma^2 / T each.
TimeGrid brownian_grid(double sigma_squared, int64_t steps);

/// b_k of the cosine schedule, noisiest first: b = beta(t) / (T + 1) at t = (T - k) / (T + 1), with
/// beta(t) = 2 pi / (1 + s) tan(pi / 2 (t + s) / (1 + s)), s = 0.008, kept within [0.1, 20], and b below 1.
TimeGrid stationary_grid(int64_t steps);

/// prod_k (1 - b_k): how much of the start is left at the end of the reference; 0 for a memoryless one.
double remembered(const TimeGrid& stationary);

}  // namespace drift
