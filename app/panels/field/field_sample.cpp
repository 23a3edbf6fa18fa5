#include "app/panels/field/field_sample.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace drift {
namespace {

double usable(float weight) {
    return std::isfinite(weight) && weight > 0 ? static_cast<double>(weight) : 0;
}

/// The rows in which the middles of `most` equal parts of the whole weight lie; empty where there is no weight. Every
/// k-th row would not do: few particles may carry all the weight, and none of them be among those.
std::vector<size_t> rows_along(const std::vector<float>& weights, size_t most) {
    double total = 0;
    for (const float weight : weights) {
        total += usable(weight);
    }
    std::vector<size_t> rows;
    if (!(total > 0)) {
        return rows;
    }
    const double part = total / static_cast<double>(most);
    double up_to = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
        up_to += usable(weights[i]);
        while (rows.size() < most && (static_cast<double>(rows.size()) + 0.5) * part <= up_to) {
            rows.push_back(i);
        }
    }
    return rows;
}

std::vector<size_t> every(size_t stride, size_t count) {
    std::vector<size_t> rows;
    for (size_t i = 0; i < count; i += stride) {
        rows.push_back(i);
    }
    return rows;
}

}  // namespace

Frame sample_of(const Frame& frame, size_t most) {
    const auto n = static_cast<size_t>(frame.count);
    const bool many = n > most;
    std::vector<size_t> rows =
        many && frame.weights.size() == n ? rows_along(frame.weights, most) : std::vector<size_t>{};
    Frame some;
    if (rows.empty()) {
        rows = every(std::max<size_t>((n + most - 1) / most, 1), n);
        if (!many) {
            some.weights = frame.weights;
        }
    }
    const auto pick = [&](const std::vector<float>& all, std::vector<float>& chosen) {
        const size_t width = n > 0 ? all.size() / n : 0;
        chosen.reserve(rows.size() * width);
        for (const size_t row : rows) {
            for (size_t k = row * width; k < (row + 1) * width; ++k) {
                chosen.push_back(all[k]);
            }
        }
    };
    some.numbers = frame.numbers;
    some.dimension = frame.dimension;
    some.count = static_cast<int64_t>(rows.size());
    pick(frame.x, some.x);
    pick(frame.denoised, some.denoised);
    pick(frame.shift, some.shift);
    return some;
}

}  // namespace drift
