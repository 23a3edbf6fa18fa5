#include "core/stability.h"

#include "core/publish.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

constexpr int rounds = 40;       // of the power iteration: what is left of other directions is far below a percent
constexpr double too_much = 10;  // growth in a row that is worth a warning

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

std::optional<Stability> Stability::of(const Problem& problem, const Twist& twist) {
    const TwistOptions* options = twist.linear_pull();
    const LinearGaussian* measurement = problem.condition->linear();
    if (options == nullptr || measurement == nullptr) {
        return std::nullopt;
    }
    const GaussianMixture* mixture = problem.prior->mixture();
    return Stability(*options, mixture != nullptr ? broadest_variance(*mixture) : problem.prior->data_variance(),
                     largest_gain(*measurement), measurement->noise * measurement->noise);
}

double Stability::amplification(double sigma, double c, double shift_scale) const {
    const double squared = sigma * sigma;
    const double j = variance_ / (variance_ + squared);
    double pull = j * j * gain_;  // how fast it falls off as x grows
    if (options_.form == PullForm::Score) {
        double spread = noise_squared_;
        if (options_.model == ErrorModel::Pigdm) {
            spread += denoised_variance(sigma, options_.spread) * gain_;
        } else if (options_.model == ErrorModel::Tweedie) {
            spread += squared * j * gain_;
        }
        pull *= squared / spread;
    }
    return std::abs((1 - c) * j + c - (1 - c) * shift_scale * pull);
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

}  // namespace drift
