#include "app/posterior_mean.h"

#include "app/lineage.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace drift {
namespace {

constexpr int64_t most_coordinates = 2;

/// The mean of one coordinate of a density at the points of a box.
double mean_along(const GridDensity& grid, bool across) {
    const GridBox& box = grid.box;
    double total = 0;
    double sum = 0;
    for (size_t i = 0; i < grid.density.size(); ++i) {
        const auto column = static_cast<int>(i % static_cast<size_t>(box.columns));
        const auto row = static_cast<int>(i / static_cast<size_t>(box.columns));
        const double place = across ? box.x_min + (box.x_max - box.x_min) * column / (box.columns - 1)
                                    : box.y_min + (box.y_max - box.y_min) * row / (box.rows - 1);
        total += static_cast<double>(grid.density[i]);
        sum += place * static_cast<double>(grid.density[i]);
    }
    return sum / total;
}

}  // namespace

MeanEstimate mean_of(const Recording& recording, int64_t step) {
    const Frame& frame = *recording.at(step);
    const bool last = frame.numbers.sigma == 0 || frame.denoised.empty();
    const std::vector<float>& x = last ? frame.x : frame.denoised;
    MeanEstimate result;
    if (x.empty()) {
        return result;
    }
    const auto n = static_cast<size_t>(frame.count);
    const auto d = static_cast<size_t>(frame.dimension);
    const auto weight = [&frame, n](size_t i) {
        return frame.weights.empty() ? 1.0 / static_cast<double>(n) : static_cast<double>(frame.weights[i]);
    };
    // Of a weight of 0 nothing, even where the particle has no finite place.
    const auto weighted = [&weight](size_t i, double value) { return weight(i) > 0 ? weight(i) * value : 0; };
    const std::vector<int32_t> eves = first_ancestors(recording, step);
    const auto founders = static_cast<size_t>(recording.at(0)->count);
    for (size_t k = 0; k < std::min<size_t>(d, most_coordinates); ++k) {
        double mean = 0;
        for (size_t i = 0; i < n; ++i) {
            mean += weighted(i, static_cast<double>(x[i * d + k]));
        }
        std::vector<double> apart(founders, 0);
        for (size_t i = 0; i < n; ++i) {
            apart[static_cast<size_t>(eves[i])] += weighted(i, static_cast<double>(x[i * d + k]) - mean);
        }
        result.mean.push_back(mean);
        result.error.push_back(std::sqrt(std::inner_product(apart.begin(), apart.end(), apart.begin(), 0.0)));
    }
    return result;
}

std::vector<double> exact_mean(const Scene& scene) {
    std::vector<double> mean;
    const int64_t shown = std::min(scene.dimension(), most_coordinates);
    for (int64_t k = 0; k < shown && scene.posterior; ++k) {
        const MixtureView& modes = *scene.posterior;
        double sum = 0;
        for (int64_t j = 0; j < modes.components(); ++j) {
            sum += modes.weights[static_cast<size_t>(j)] * modes.means[static_cast<size_t>(j * modes.dimension + k)];
        }
        mean.push_back(sum);
    }
    for (int64_t k = 0; k < shown && !scene.posterior && scene.on_grid; ++k) {
        mean.push_back(mean_along(*scene.on_grid, k == 0));
    }
    return mean;
}

}  // namespace drift
