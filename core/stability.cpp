#include "core/stability.h"

#include "core/publish.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace drift {
namespace {

constexpr int rounds = 40;       // of the power iteration: what is left of other directions is far below a percent
constexpr double too_much = 10;  // growth in a row that is worth a warning
constexpr int64_t most_numbers = 1 << 18;  // in the covariances of a mixture whose curvatures are looked for

/// The largest eigenvalue of a covariance [d, d], by power iteration from a direction that none is likely to be
/// orthogonal to.
double largest_eigenvalue(const torch::Tensor& covariance) {
    const std::vector<double> rows = to_doubles(covariance);
    const auto d = static_cast<size_t>(covariance.size(0));
    std::vector<double> v(d);
    for (size_t k = 0; k < d; ++k) {
        v[k] = std::sqrt(static_cast<double>(k + 1));
    }
    double length = 1;
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> image(d);
        double squares = 0;
        for (size_t k = 0; k < d; ++k) {
            image[k] = std::inner_product(v.begin(), v.end(), rows.begin() + static_cast<ptrdiff_t>(k * d), 0.0);
            squares += image[k] * image[k];
        }
        length = std::sqrt(squares);
        if (!(length > 0)) {
            return 0;
        }
        std::transform(image.begin(), image.end(), v.begin(), [length](double value) { return value / length; });
    }
    return length;
}

double broadest_variance(const GaussianMixture& mixture) {
    if (mixture.kind != CovarianceKind::Full) {
        return mixture.covariances.max().item<double>();
    }
    double most = 0;
    for (int64_t j = 0; j < mixture.components(); ++j) {
        most = std::max(most, largest_eigenvalue(mixture.covariances[j]));
    }
    return most;
}

/// Likewise of A A^T, by its products: the matrix of an operator on pictures is large.
double largest_gain(const LinearGaussian& measurement) {
    torch::Tensor v = at::arange(1, measurement.A->output_size() + 1, measurement.y.options()).sqrt().unsqueeze(0);
    double length = 0;
    for (int round = 0; round < rounds; ++round) {
        v = measurement.A->forward(measurement.A->adjoint(v / v.norm()));
        length = v.norm().item<double>();
        if (!(length > 0)) {
            return 0;
        }
    }
    return length;
}

}  // namespace

std::optional<Stability> Stability::of(const Problem& problem, std::shared_ptr<const Twist> twist) {
    const LinearGaussian* measurement = problem.condition->linear();
    if (measurement == nullptr || !twist->pull_slope(1, 1, 1)) {
        return std::nullopt;
    }
    const GaussianMixture* mixture = problem.prior->mixture();
    return Stability(std::move(twist),
                     mixture != nullptr ? broadest_variance(*mixture) : problem.prior->data_variance(),
                     largest_gain(*measurement));
}

double Stability::amplification(double sigma, double c, double shift_scale) const {
    const double j = variance_ / (variance_ + sigma * sigma);
    const double slope = twist_->pull_slope(sigma, j, gain_).value_or(std::numeric_limits<double>::quiet_NaN());
    return std::abs((1 - c) * j + c - (1 - c) * shift_scale * slope);
}

double slope_of_score(const TwistOptions& options, double noise, double sigma, double j, double gain) {
    const double slope = j * j * gain;
    if (options.form != PullForm::Score) {
        return slope;
    }
    double spread = noise * noise;
    if (options.model == ErrorModel::Pigdm) {
        spread += denoised_variance(sigma, options.spread) * gain;
    } else if (options.model == ErrorModel::Tweedie) {
        spread += sigma * sigma * j * gain;
    }
    return slope * sigma * sigma / spread;
}

double share_of_way(double noise_squared, double spread_squared, double gain) {
    return spread_squared * gain / (noise_squared + spread_squared * gain);
}

std::string blow_up_warning(const std::vector<double>& amplifications) {
    double growth = 1;
    double most_growth = 1;
    size_t first = 0;
    size_t last = 0;
    size_t start = 0;
    for (size_t k = 0; k < amplifications.size(); ++k) {
        const double a = amplifications[k];
        if (!(growth * a > 1)) {
            growth = 1;
            start = k + 1;
            continue;
        }
        growth *= a;
        if (growth > most_growth) {
            most_growth = growth;
            first = start;
            last = k;
        }
    }
    if (most_growth < too_much) {
        return {};
    }
    const double most = *std::max_element(amplifications.begin() + static_cast<std::ptrdiff_t>(first),
                                          amplifications.begin() + static_cast<std::ptrdiff_t>(last) + 1);
    return "At steps " + std::to_string(first) + " to " + std::to_string(last) +
           " guidance amplifies differences between particles by up to " + shown(std::round(most * 10) / 10) +
           " a step: expect them to blow up; lower the guidance, choose another error model or add steps";
}

std::optional<double> largest_curvature(const Problem& problem) {
    const GaussianMixture* mixture = problem.prior->mixture();
    const LinearGaussian* measurement = problem.condition->linear();
    if (mixture == nullptr || (measurement == nullptr && !problem.condition->is_none())) {
        return std::nullopt;
    }
    const double precision = measurement == nullptr ? 0 : 1 / (measurement->noise * measurement->noise);
    if (mixture->kind == CovarianceKind::Scalar) {
        const double gain = measurement == nullptr ? 0 : largest_gain(*measurement);
        return 1 / mixture->covariances.max().item<double>() + gain * precision;
    }
    const int64_t d = mixture->dimension();
    if (mixture->components() * d * d > most_numbers) {
        return std::nullopt;
    }
    torch::Tensor curvatures = at::linalg_inv(mixture->full_covariances());  // [J, d, d]
    if (measurement != nullptr) {
        const torch::Tensor a = measurement->A->matrix();
        curvatures = curvatures + a.t().matmul(a) * precision;
    }
    return at::linalg_eigvalsh(curvatures).amax(1).min().item<double>();
}

}  // namespace drift
