#include "core/log_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace drift {

kernels::WeightSummary summarised(const std::vector<double>& log_w) {
    const auto n = static_cast<int64_t>(log_w.size());
    std::vector<double> scratch(static_cast<size_t>(kernels::weight_scratch_size(n)));
    return kernels::summarise_weights({}, n, log_w.data(), scratch.data());
}

double log_mean_exp(const std::vector<double>& log_w) {
    return summarised(log_w).log_sum - std::log(static_cast<double>(log_w.size()));
}

double effective_share(const std::vector<double>& log_w) {
    return summarised(log_w).ess / static_cast<double>(log_w.size());
}

std::vector<double> relative_weights(const std::vector<double>& log_w) {
    double largest = -std::numeric_limits<double>::infinity();
    for (const double value : log_w) {
        largest = std::isfinite(value) ? std::max(largest, value) : largest;
    }
    std::vector<double> weights;
    weights.reserve(log_w.size());
    for (const double value : log_w) {
        weights.push_back(std::isfinite(value) ? std::exp(value - largest) : 0);
    }
    return weights;
}

std::vector<int64_t> drawn_rows(const std::vector<double>& weights, const std::vector<double>& at) {
    std::vector<double> running(weights.size());
    std::partial_sum(weights.begin(), weights.end(), running.begin());
    std::vector<int64_t> rows;
    rows.reserve(at.size());
    for (const double u : at) {
        const auto found = std::ranges::upper_bound(running, u * running.back());
        rows.push_back(std::min<int64_t>(found - running.begin(), static_cast<int64_t>(weights.size()) - 1));
    }
    return rows;
}

}  // namespace drift
