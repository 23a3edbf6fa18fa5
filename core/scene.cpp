#include "core/scene.h"

#include "core/mixture_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace drift {
namespace {

/// A covariance by its Cholesky factor, row by row.
struct Component {
    std::vector<double> factor;  // [d * d], lower
    double log_norm = 0;         // log w - log det L - d/2 log 2 pi
};

Component factorise(const MixtureView& mixture, int64_t j, double sigma) {
    const auto d = static_cast<size_t>(mixture.dimension);
    const double* covariance = mixture.covariances.data() + static_cast<size_t>(j) * d * d;
    Component result;
    result.factor.assign(d * d, 0.0);
    double log_det = 0;
    for (size_t r = 0; r < d; ++r) {
        for (size_t c = 0; c <= r; ++c) {
            double sum = covariance[r * d + c] + (r == c ? sigma * sigma : 0.0);
            for (size_t k = 0; k < c; ++k) {
                sum -= result.factor[r * d + k] * result.factor[c * d + k];
            }
            result.factor[r * d + c] = r == c ? std::sqrt(std::max(sum, 1e-300)) : sum / result.factor[c * d + c];
        }
        log_det += std::log(result.factor[r * d + r]);
    }
    result.log_norm =
        std::log(mixture.weights[static_cast<size_t>(j)]) - log_det - 0.5 * static_cast<double>(d) * std::log(2 * M_PI);
    return result;
}

/// Squared distance of `x` from mean j in units of the covariance; `white` is scratch of length d.
double squared_distance(const MixtureView& mixture, int64_t j, const Component& component, const float* x,
                        std::vector<double>& white) {
    const auto d = static_cast<size_t>(mixture.dimension);
    const double* mean = mixture.means.data() + static_cast<size_t>(j) * d;
    double total = 0;
    for (size_t r = 0; r < d; ++r) {
        double value = static_cast<double>(x[r]) - mean[r];
        for (size_t c = 0; c < r; ++c) {
            value -= component.factor[r * d + c] * white[c];
        }
        white[r] = value / component.factor[r * d + r];
        total += white[r] * white[r];
    }
    return total;
}

std::vector<Component> factorise_all(const MixtureView& mixture, double sigma) {
    std::vector<Component> components;
    for (int64_t j = 0; j < mixture.components(); ++j) {
        components.push_back(factorise(mixture, j, sigma));
    }
    return components;
}

bool finite(const float* x, int64_t d) {
    return std::all_of(x, x + d, [](float value) { return std::isfinite(value); });
}

}  // namespace

int64_t Scene::dimension() const {
    int64_t d = 1;
    for (const int64_t size : sample_shape) {
        d *= size;
    }
    return d;
}

std::vector<float> density_on_grid(const MixtureView& mixture, double sigma, const GridBox& box) {
    const std::vector<Component> components = factorise_all(mixture, sigma);
    std::vector<double> white(2);
    const std::vector<float> points = grid_points(box);
    std::vector<float> density(points.size() / 2);
    for (size_t i = 0; i < density.size(); ++i) {
        double total = 0;
        for (int64_t j = 0; j < mixture.components(); ++j) {
            const Component& component = components[static_cast<size_t>(j)];
            const double squared = squared_distance(mixture, j, component, points.data() + 2 * i, white);
            total += std::exp(component.log_norm - 0.5 * squared);
        }
        density[i] = static_cast<float>(total);
    }
    return density;
}

ModeShares mode_shares(const MixtureView& modes, const std::vector<float>& x, const std::vector<float>& weights) {
    const std::vector<Component> components = factorise_all(modes, 0);
    const auto d = static_cast<size_t>(modes.dimension);
    const size_t n = x.size() / d;
    std::vector<double> white(d);
    ModeShares result;
    result.share.assign(components.size(), 0.0);
    for (size_t i = 0; i < n; ++i) {
        const float* row = x.data() + i * d;
        const double weight = weights.empty() ? 1.0 / static_cast<double>(n) : static_cast<double>(weights[i]);
        if (!finite(row, modes.dimension)) {
            result.non_finite += weight;
            continue;
        }
        double nearest = std::numeric_limits<double>::infinity();
        double best = -std::numeric_limits<double>::infinity();
        size_t mode = 0;
        for (size_t j = 0; j < components.size(); ++j) {
            const double squared = squared_distance(modes, static_cast<int64_t>(j), components[j], row, white);
            nearest = std::min(nearest, squared);
            // The weights of the modes play no part: a point between two modes belongs to the nearer one.
            const double score = components[j].log_norm - std::log(modes.weights[j]) - 0.5 * squared;
            if (score > best) {
                best = score;
                mode = j;
            }
        }
        result.share[mode] += weight;
        result.off_manifold += nearest > 16 ? weight : 0.0;
    }
    return result;
}

}  // namespace drift
