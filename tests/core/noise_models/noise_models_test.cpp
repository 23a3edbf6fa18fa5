// T22 of guidance.md 6.2 for what a sensor adds: densities that sum to one, limits, tails, draws and proximal points.
// Gradients are compared for every condition in conditions/catalogue_test.cpp.
#include "core/noise_models/noise_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace drift {
namespace {

torch::Tensor numbers(std::vector<double> values) {
    return torch::tensor(at::ArrayRef<double>(values), torch::kFloat64);
}

/// log p(y | u) of single values, for every pair of `y` [n] and the same u.
torch::Tensor log_p(const NoiseModel& noise, const torch::Tensor& y, double u) {
    const torch::Tensor place = torch::full({1, 1}, u, torch::kFloat64);
    std::vector<torch::Tensor> all;
    for (int64_t i = 0; i < y.size(0); ++i) {
        all.push_back(noise.log_density(y.slice(0, i, i + 1), place));
    }
    return at::cat(all);
}

double value(const NoiseModel& noise, double y, double u) {
    return log_p(noise, numbers({y}), u).item<double>();
}

double slope(const NoiseModel& noise, double y, double u) {
    return noise.gradient(numbers({y}), torch::full({1, 1}, u, torch::kFloat64)).item<double>();
}

TEST(Noise, OfStudentBecomesGaussianAsItsDegreesGrow) {
    const auto gaussian = gaussian_noise(0.4);
    double before = std::numeric_limits<double>::infinity();
    for (const double degrees : {1e1, 1e3, 1e5, 1e7}) {
        const auto student = student_t_noise(degrees, 0.4);
        double apart = 0;
        for (const double r : {0.0, 0.3, -0.9, 1.5}) {
            apart = std::max(apart, std::abs(value(*student, 1 + r, 1) - value(*gaussian, 1 + r, 1)));
            apart = std::max(apart, std::abs(slope(*student, 1 + r, 1) - slope(*gaussian, 1 + r, 1)));
        }
        EXPECT_LT(apart, before / 20);
        before = apart;
    }
    EXPECT_LT(before, 1e-4);
    const auto nearly_gaussian = student_t_noise(1e10, 0.4);  // whose density would lose its digits to lgamma
    for (const double r : {0.3, -0.9, 1.5}) {
        EXPECT_NEAR(slope(*nearly_gaussian, 1 + r, 1), slope(*gaussian, 1 + r, 1), 1e-6);
    }
}

// 1.8: the pull of an outlier is largest at s sqrt(nu) and weaker beyond.
TEST(Noise, OfStudentPullsLessOnOutliers) {
    const double degrees = 3, s = 0.7;
    const auto student = student_t_noise(degrees, s);
    const double most = (degrees + 1) / (2 * s * std::sqrt(degrees));
    EXPECT_NEAR(slope(*student, s * std::sqrt(degrees), 0), most, 1e-12);
    for (const double r : {0.1, 1.0, 1.5, 5.0, 100.0}) {
        EXPECT_LT(slope(*student, r, 0), most);
    }
}

TEST(Noise, HasDensitiesThatIntegrateToOne) {
    // By the trapezoidal rule after r = sinh(t), as the tails of Student's t are long; y and u change places, which
    // these densities do not notice.
    const torch::Tensor t = torch::linspace(-24, 24, 60001, torch::kFloat64);
    for (const auto& noise : {gaussian_noise(0.5), student_t_noise(2.5, 0.5), laplace_noise(0.5)}) {
        EXPECT_NEAR(value(*noise, 0.3, 1.7), value(*noise, 1.7, 0.3), 1e-14);
        const torch::Tensor r = at::sinh(t).unsqueeze(1);
        const torch::Tensor density = noise->log_density(numbers({0.3}), r + 0.3).exp() * at::cosh(t);
        EXPECT_NEAR((density.sum() * (t[1] - t[0])).item<double>(), 1, 1e-6);
    }
}

TEST(Noise, OfCountsSumsToOneOverTheCounts) {
    const auto poisson = poisson_noise(10, 0.05);
    const torch::Tensor counts = torch::arange(400, torch::kFloat64);
    for (const double u : {-3.0, 0.0, 0.004, 0.2, 1.7, 12.0}) {
        EXPECT_NEAR(log_p(*poisson, counts, u).exp().sum().item<double>(), 1, 1e-12) << u;
    }
    EXPECT_EQ(slope(*poisson, 3, -0.2), 0) << "below the floor nothing pulls";
    EXPECT_NEAR(slope(*poisson, 3, 0.2), 10 * (3 / 2.0 - 1), 1e-12);
}

TEST(Noise, OfRoundedValuesSumsToOneOverTheBins) {
    for (const auto& [step, sigma] : std::vector<std::pair<double, double>>{{0.5, 0.3}, {2, 0.05}, {0.05, 1}}) {
        const auto quantised = quantised_noise(step, sigma);
        const double reach = std::ceil((10 * sigma + step) / step);
        const torch::Tensor bins = torch::arange(-reach, reach + 1, torch::kFloat64) * step;
        for (const double u : {0.0, 0.24 * step, -0.5 * step}) {
            EXPECT_NEAR(log_p(*quantised, bins, u).exp().sum().item<double>(), 1, 1e-12) << step << " " << sigma;
        }
    }
}

TEST(Noise, OfRoundedValuesKeepsItsDigitsInTheTails) {
    const double step = 0.5, sigma = 0.3;
    const auto quantised = quantised_noise(step, sigma);
    for (const double u : {20.0, -20.0, 300.0}) {
        // Far away the near end of the bin decides: log p = -a^2 / 2 - log(a sqrt(2 pi)) + O(1 / a^2).
        const double a = (std::abs(u) - step / 2) / sigma;
        EXPECT_NEAR(value(*quantised, 0, u), -0.5 * a * a - std::log(a * std::sqrt(2 * M_PI)), 2 / (a * a));
        EXPECT_NEAR(slope(*quantised, 0, u) * sigma, u > 0 ? -a : a, 2 / a);
    }
    for (const double u : {1e7, -1e12, 1e20}) {  // where the ends of the bin are one number
        const double a = (std::abs(u) - step / 2) / sigma;
        EXPECT_NEAR(value(*quantised, 0, u) / (-0.5 * a * a), 1, 1e-12) << u;
        EXPECT_NEAR(slope(*quantised, 0, u) * sigma / a, u > 0 ? -1 : 1, 1e-12) << u;
    }
    const auto fine = quantised_noise(1e-3, sigma);
    const auto gaussian = gaussian_noise(sigma);
    for (const double r : {0.0, 0.2, -1.1, 3.0}) {
        EXPECT_NEAR(value(*fine, r, 0) - std::log(1e-3), value(*gaussian, r, 0), 1e-4);
        EXPECT_NEAR(slope(*fine, r, 0), slope(*gaussian, r, 0), 1e-3);
    }
}

/// Mean and variance of draws at u against what they should be, in standard errors from the fourth moment.
void check_draws(const NoiseModel& noise, double u, double mean, double variance) {
    const int64_t n = 40000;
    const torch::Tensor y = noise.draw(torch::full({n, 1}, u, torch::kFloat64), Random{5});
    EXPECT_NEAR(y.mean().item<double>(), mean, 4 * std::sqrt(variance / n));
    const torch::Tensor squares = (y - mean).square();
    EXPECT_NEAR(squares.mean().item<double>(), variance, 4 * squares.std().item<double>() / std::sqrt(n));
}

TEST(Noise, DrawsWhatItsDensitySays) {
    check_draws(*gaussian_noise(0.5), 0.3, 0.3, 0.25);
    check_draws(*student_t_noise(12, 0.5), 0.3, 0.3, 0.25 * 12 / 10);
    check_draws(*laplace_noise(0.5), 0.3, 0.3, 2 * 0.25);
    check_draws(*poisson_noise(10, 0.05), 0.3, 3, 3);
    check_draws(*poisson_noise(100, 0.05, 1), 6, 700, 700);
    check_draws(*poisson_noise(10, 0.4), -2, 0.4, 0.4);
    check_draws(*quantised_noise(0.1, 0.5), 0.3, 0.3, 0.25 + 0.01 / 12);
    const torch::Tensor rounded = quantised_noise(0.25, 0.5)->draw(torch::zeros({50, 1}), Random{5}) / 0.25;
    EXPECT_LT((rounded - rounded.round()).abs().max().item<double>(), 1e-12);
}

/// The best u by looking at very many, to check what a closed form says.
double best_on_grid(const NoiseModel& noise, double y, double v, double variance) {
    const torch::Tensor u = torch::linspace(-6, 6, 120001, torch::kFloat64).unsqueeze(1);
    const torch::Tensor f = (u.squeeze(1) - v).square() / (2 * variance) - noise.log_density(numbers({y}), u);
    return u[f.argmin().item<int64_t>()].item<double>();
}

TEST(Noise, KnowsTheProximalPointInClosedForm) {
    for (const auto& noise : {gaussian_noise(0.5), laplace_noise(0.5), poisson_noise(2, 0.1), poisson_noise(2, 1.5)}) {
        for (const double y : {0.0, 3.0}) {
            for (const double v : {-1.5, 0.02, 1.4, 4.0}) {
                for (const double variance : {0.05, 0.8}) {
                    const torch::Tensor u =
                        noise->proximal(numbers({y}), torch::full({1, 1}, v, torch::kFloat64), variance);
                    EXPECT_NEAR(u.item<double>(), best_on_grid(*noise, y, v, variance), 6e-5)
                        << y << " " << v << " " << variance;
                }
            }
        }
    }
    EXPECT_FALSE(quantised_noise(1, 1)->proximal(numbers({0}), torch::zeros({1, 1}), 1).defined());
}

// Reweighted Gaussian steps: not at the best point after five of them, but near it and never above the start.
TEST(Noise, OfStudentComesNearTheProximalPoint) {
    const auto noise = student_t_noise(3, 0.5);
    for (const double y : {-0.4, 2.0}) {
        for (const double v : {0.3, 1.9, -4.0}) {
            const torch::Tensor u = noise->proximal(numbers({y}), torch::full({1, 1}, v, torch::kFloat64), 0.3);
            const auto f = [&](double at) { return (at - v) * (at - v) / 0.6 - value(*noise, y, at); };
            EXPECT_LT(f(u.item<double>()), f(v));
            EXPECT_LT(f(u.item<double>()) - f(best_on_grid(*noise, y, v, 0.3)), 0.03 * (f(v) - f(u.item<double>())));
        }
    }
}

}  // namespace
}  // namespace drift
