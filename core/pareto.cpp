#include "core/pareto.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace drift {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr size_t fewest_excesses = 5;
constexpr double smallest_log = -600;
constexpr double rounding = 1e-12;
constexpr double prior_weight = 10;  // of k = 1/2, in excesses

/// k for a given theta = -k / scale, the maximum of the likelihood along that line.
double shape_at(double theta, const std::vector<double>& excesses) {
    double total = 0;
    for (const double excess : excesses) {
        total += std::log1p(-theta * excess);
    }
    return total / static_cast<double>(excesses.size());
}

}  // namespace

double pareto_shape(const std::vector<double>& excesses) {
    const size_t count = excesses.size();
    if (count < fewest_excesses) {
        return nan;
    }
    const auto n = static_cast<double>(count);
    // Values of theta spread as its prior is, whose scale comes from the largest excess and the first quartile.
    const auto points = static_cast<size_t>(30 + std::floor(std::sqrt(n)));
    const double quartile = excesses[static_cast<size_t>(std::floor(n / 4 + 0.5)) - 1];
    std::vector<double> theta;
    std::vector<double> log_likelihood;
    for (size_t i = 1; i <= points; ++i) {
        const double spread = std::sqrt(static_cast<double>(points) / (static_cast<double>(i) - 0.5));
        theta.push_back(1 / excesses.back() + (1 - spread) / (3 * quartile));
        const double shape = shape_at(theta.back(), excesses);
        log_likelihood.push_back(n * (std::log(-theta.back() / shape) - shape - 1));
    }
    const double most = *std::max_element(log_likelihood.begin(), log_likelihood.end());
    double total = 0;
    double mean = 0;
    for (size_t i = 0; i < points; ++i) {
        const double weight = std::exp(log_likelihood[i] - most);
        total += weight;
        mean += weight * theta[i];
    }
    return (n * shape_at(mean / total, excesses) + prior_weight * 0.5) / (n + prior_weight);
}

double pareto_k(const std::vector<double>& log_weights) {
    const auto n = static_cast<double>(log_weights.size());
    const auto tail = static_cast<size_t>(std::ceil(std::min(0.2 * n, 3 * std::sqrt(n))));
    if (tail < fewest_excesses || tail >= log_weights.size()) {
        return nan;
    }
    std::vector<double> largest = log_weights;
    const auto end = largest.begin() + static_cast<std::ptrdiff_t>(tail + 1);
    std::partial_sort(largest.begin(), end, largest.end(), std::greater<>());
    // In units of the largest weight; what lies so far below it that a double cannot hold it still counts as a little.
    const auto weight = [&largest](size_t i) { return std::exp(std::max(largest[i] - largest[0], smallest_log)); };
    std::vector<double> excesses;
    for (size_t i = tail; i-- > 0;) {
        if (largest[i] - largest[tail] > rounding) {
            excesses.push_back(std::max(weight(i) - weight(tail), std::exp(smallest_log)));
        }
    }
    return pareto_shape(excesses);
}

}  // namespace drift
