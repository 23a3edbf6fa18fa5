#include "core/mixture_view.h"

#include "core/kernels/mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace drift {
namespace {

constexpr int64_t rows_for_one_thread = 64;  // more than that and the kernel asks other threads to help

/// The inverse of the lower Cholesky factor of one covariance, row by row, so that |W (x - m)|^2 is the squared
/// distance.
struct Whitening {
    std::vector<double> inverse;  // [d * d], lower
    double log_det = 0;           // of the factor
};

Whitening whitening_of(const double* covariance, size_t d) {
    std::vector<double> factor(d * d, 0);
    Whitening result{std::vector<double>(d * d, 0), 0};
    for (size_t row = 0; row < d; ++row) {
        for (size_t column = 0; column <= row; ++column) {
            double sum = covariance[row * d + column];
            for (size_t k = 0; k < column; ++k) {
                sum -= factor[row * d + k] * factor[column * d + k];
            }
            factor[row * d + column] =
                row == column ? std::sqrt(std::max(sum, 1e-300)) : sum / factor[column * d + column];
        }
        const double pivot = factor[row * d + row];
        result.log_det += std::log(pivot);
        for (size_t column = 0; column <= row; ++column) {
            double sum = row == column ? 1 : 0;
            for (size_t k = column; k < row; ++k) {
                sum -= factor[row * d + k] * result.inverse[k * d + column];
            }
            result.inverse[row * d + column] = sum / pivot;
        }
    }
    return result;
}

/// log N(x; m, C) without the part that all components share.
double log_density(const Whitening& whitening, const double* mean, const float* x, size_t d) {
    double squared = 0;
    for (size_t row = 0; row < d; ++row) {
        double value = 0;
        for (size_t column = 0; column <= row; ++column) {
            value += whitening.inverse[row * d + column] * (static_cast<double>(x[column]) - mean[column]);
        }
        squared += value * value;
    }
    return -whitening.log_det - 0.5 * squared;
}

}  // namespace

std::vector<float> density_on_line(const MixtureView& mixture, double sigma, double x_min, double x_max, int count) {
    std::vector<float> density(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double x = x_min + (x_max - x_min) * i / std::max(1, count - 1);
        double total = 0;
        for (size_t j = 0; j < mixture.weights.size(); ++j) {
            const double variance = mixture.covariances[j] + sigma * sigma;
            const double z = x - mixture.means[j];
            total +=
                mixture.weights[j] * std::exp(-z * z / (2 * variance)) / std::sqrt(2 * std::numbers::pi * variance);
        }
        density[static_cast<size_t>(i)] = static_cast<float>(total);
    }
    return density;
}

MixtureView marginal(const MixtureView& mixture, const std::vector<int64_t>& axes) {
    MixtureView part;
    part.dimension = static_cast<int64_t>(axes.size());
    part.weights = mixture.weights;
    const int64_t d = mixture.dimension;
    for (int64_t j = 0; j < mixture.components(); ++j) {
        for (const int64_t row : axes) {
            part.means.push_back(mixture.means.at(static_cast<size_t>(j * d + row)));
            for (const int64_t column : axes) {
                part.covariances.push_back(mixture.covariances.at(static_cast<size_t>((j * d + row) * d + column)));
            }
        }
    }
    return part;
}

std::vector<int32_t> nearest_components(const MixtureView& modes, const std::vector<float>& x) {
    const auto d = static_cast<size_t>(modes.dimension);
    std::vector<Whitening> whitenings;
    for (size_t j = 0; j < modes.weights.size(); ++j) {
        whitenings.push_back(whitening_of(modes.covariances.data() + j * d * d, d));
    }
    std::vector<int32_t> nearest(x.size() / d, -1);
    for (size_t i = 0; i < nearest.size(); ++i) {
        double best = -std::numeric_limits<double>::infinity();
        for (size_t j = 0; j < whitenings.size(); ++j) {
            const double density = log_density(whitenings[j], modes.means.data() + j * d, x.data() + i * d, d);
            if (density > best) {  // false for what is not finite
                best = density;
                nearest[i] = static_cast<int32_t>(j);
            }
        }
    }
    return nearest;
}

std::vector<double> denoised_by(const MixtureView& mixture, double sigma, const std::vector<float>& x) {
    std::vector<double> log_weights(mixture.weights.size());
    std::transform(mixture.weights.begin(), mixture.weights.end(), log_weights.begin(),
                   [](double weight) { return std::log(weight); });
    const kernels::Mixture plain{mixture.components(), mixture.dimension,    kernels::CovarianceKind::Full,
                                 log_weights.data(),   mixture.means.data(), mixture.covariances.data()};
    std::vector<double> coefficients(static_cast<size_t>(kernels::mixture_level_size(plain, 0)));
    const auto level = kernels::prepare_mixture_level<double>(plain, sigma, nullptr, 0, coefficients.data());
    const std::vector<double> places(x.begin(), x.end());
    std::vector<double> denoised(x.size());
    const int64_t n = static_cast<int64_t>(x.size()) / mixture.dimension;
    for (int64_t first = 0; first < n; first += rows_for_one_thread) {
        kernels::MixtureTask<double> task;
        task.n = std::min(rows_for_one_thread, n - first);
        task.x = places.data() + first * mixture.dimension;
        task.denoised = denoised.data() + first * mixture.dimension;
        kernels::mixture_denoise({}, level, task);
    }
    return denoised;
}

std::vector<float> grid_points(const GridBox& box) {
    std::vector<float> points;
    points.reserve(2 * static_cast<size_t>(box.columns) * static_cast<size_t>(box.rows));
    for (int row = 0; row < box.rows; ++row) {
        for (int column = 0; column < box.columns; ++column) {
            points.push_back(
                static_cast<float>(box.x_min + (box.x_max - box.x_min) * column / std::max(1, box.columns - 1)));
            points.push_back(static_cast<float>(box.y_min + (box.y_max - box.y_min) * row / std::max(1, box.rows - 1)));
        }
    }
    return points;
}

double shown_half_width(const Scene& scene, double sigma, double widths_of_noise) {
    return 1.12 * scene.data_radius + widths_of_noise * sigma;
}

}  // namespace drift
