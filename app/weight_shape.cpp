#include "app/weight_shape.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

constexpr size_t most_points = 256;  // of the curve

/// Positive weights, the lightest first, and how many there were none of.
std::vector<double> sorted_weights(const std::vector<float>& weights, int64_t& zero) {
    std::vector<double> sorted;
    sorted.reserve(weights.size());
    for (const float weight : weights) {
        if (weight > 0) {  // false for NaN
            sorted.push_back(static_cast<double>(weight));
        }
    }
    zero = static_cast<int64_t>(weights.size() - sorted.size());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

void fill_bins(const std::vector<double>& sorted, double per_equal_share, int bins, WeightShape& shape) {
    const auto place = [&](double weight) { return std::log10(weight * per_equal_share); };
    // An equal share is always in view, and a tenth and ten times that.
    shape.low = std::min(-1.0, std::floor(std::max(place(sorted.front()), -12.0)));
    shape.high = std::max(1.0, std::ceil(place(sorted.back())));
    shape.bins.assign(static_cast<size_t>(bins), 0);
    const double per_decade = bins / (shape.high - shape.low);
    for (const double weight : sorted) {
        const double bin = std::floor((place(weight) - shape.low) * per_decade);
        ++shape.bins[static_cast<size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)))];
    }
}

/// Gini = 2 sum_i i w_i / (n sum w) - (n + 1) / n, i = 1 for the lightest; those without weight come before it.
double gini_of(const std::vector<double>& sorted, double sum, double n) {
    double ranked = 0;
    double rank = n - static_cast<double>(sorted.size());
    for (const double weight : sorted) {
        ranked += ++rank * weight;
    }
    return std::max(0.0, 2 * ranked / (n * sum) - (n + 1) / n);
}

void draw_curve(const std::vector<double>& sorted, double sum, double n, WeightShape& shape) {
    const double zero = static_cast<double>(shape.zero) / n;
    shape.lorenz = {{0, 0}};
    if (shape.zero > 0) {
        shape.lorenz.push_back({zero, 0});
    }
    const size_t stride = std::max<size_t>(1, (sorted.size() + most_points - 1) / most_points);
    double running = 0;
    shape.carry_most = 1 - zero;
    for (size_t i = 0; i < sorted.size(); ++i) {
        const double before = static_cast<double>(i) / n + zero;
        if (running <= (1 - most_of_it) * sum * (1 + 1e-12)) {
            shape.carry_most = 1 - before;
        }
        running += sorted[i];
        if ((i + 1) % stride == 0 || i + 1 == sorted.size()) {
            shape.lorenz.push_back({before + 1 / n, running / sum});
        }
    }
}

}  // namespace

WeightShape shape_of(const std::vector<float>& weights, int bins) {
    WeightShape shape;
    const std::vector<double> sorted = sorted_weights(weights, shape.zero);
    if (sorted.empty()) {
        return shape;
    }
    shape.count = static_cast<int64_t>(weights.size());
    const auto n = static_cast<double>(shape.count);
    double sum = 0;
    for (const double weight : sorted) {
        sum += weight;
    }
    shape.heaviest = sorted.back() / sum;
    shape.gini = gini_of(sorted, sum, n);
    draw_curve(sorted, sum, n, shape);
    fill_bins(sorted, n / sum, bins, shape);
    return shape;
}

std::vector<LorenzPoint> places_on_curve(const std::vector<float>& weights, std::vector<float> marked) {
    std::sort(marked.begin(), marked.end());
    marked.erase(std::unique(marked.begin(), marked.end()), marked.end());
    std::vector<LorenzPoint> places(marked.size());
    for (const float weight : weights) {
        if (!marked.empty() && weight <= marked.back()) {  // false for NaN
            LorenzPoint& place =
                places[static_cast<size_t>(std::lower_bound(marked.begin(), marked.end(), weight) - marked.begin())];
            place.particles += 1.0 / static_cast<double>(weights.size());
            place.weight += static_cast<double>(weight);
        }
    }
    for (size_t i = 1; i < places.size(); ++i) {
        places[i].particles += places[i - 1].particles;
        places[i].weight += places[i - 1].weight;
    }
    return places;
}

}  // namespace drift
