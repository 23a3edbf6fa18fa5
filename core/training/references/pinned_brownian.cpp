// Pinned Brownian motion, trained_samplers.md 1.2 and 1.3:
//
//     x_{k+1} = x_k + sigma sqrt(Delta) n,  x_0 = 0
//     x_k | x_{k+1} ~ N(x_{k+1} k / (k + 1), sigma^2 Delta k / (k + 1))

#include "core/training/reference.h"

#include <cmath>

namespace drift {
namespace {

class PinnedBrownian final : public Reference {
public:
    PinnedBrownian(int64_t dimension, double sigma_squared, int64_t steps)
        : dimension_(dimension), unit_(std::sqrt(sigma_squared)), grid_(brownian_grid(sigma_squared, steps)) {}

    Kind kind() const override { return Kind::Brownian; }
    int64_t dimension() const override { return dimension_; }
    const TimeGrid& grid() const override { return grid_; }
    double unit() const override { return unit_; }
    double input_scale(int64_t) const override { return 1 / unit_; }
    double gain(int64_t) const override { return unit_ / static_cast<double>(steps()); }
    std::optional<Bridge> bridge(int64_t k) const override { return brownian_bridge(unit_ * unit_, k, steps()); }

    void start(torch::Tensor& x, const Random&) const override { x.zero_(); }
    std::optional<double> mean_factor(int64_t) const override { return 1; }
    torch::Tensor mean(int64_t, const torch::Tensor& x) const override { return x; }
    torch::Tensor pullback(int64_t, const torch::Tensor&, const torch::Tensor& w) const override { return w; }
    torch::Tensor backward(int64_t k, const torch::Tensor& next, const torch::Tensor& noise) const override {
        const double share = static_cast<double>(k) / static_cast<double>(k + 1);
        return next * share + noise * std::sqrt(variance(k) * share);
    }

private:
    int64_t dimension_;
    double unit_;
    TimeGrid grid_;
};

}  // namespace

std::optional<Bridge> brownian_bridge(double sigma_squared, int64_t k, int64_t steps) {
    if (k == 0) {
        return std::nullopt;
    }
    const double t = static_cast<double>(k) / static_cast<double>(steps);
    const double share = 1 / static_cast<double>(steps - k);
    return Bridge{1 / t, std::sqrt(sigma_squared * (1 - t) / t), 1 - share, share};
}

std::shared_ptr<const Reference> pinned_brownian(int64_t dimension, double sigma_squared, int64_t steps) {
    return std::make_shared<const PinnedBrownian>(dimension, sigma_squared, steps);
}

}  // namespace drift
