// The exact variance-preserving process, trained_samplers.md 1.5: it keeps N(0, I) and is its own reversal at any
// number of steps, which the Euler-Maruyama step of published code does not and is not.

#include "core/training/reference.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

class Stationary final : public Reference {
public:
    Stationary(int64_t dimension, TimeGrid grid) : dimension_(dimension), grid_(std::move(grid)) {}

    Kind kind() const override { return Kind::Stationary; }
    int64_t dimension() const override { return dimension_; }
    const TimeGrid& grid() const override { return grid_; }
    double unit() const override { return 1; }
    double input_scale(int64_t) const override { return 1; }
    double gain(int64_t k) const override { return variance(k); }
    std::optional<Bridge> bridge(int64_t k) const override {
        double left = 1;  // of x_{k+1} at the end, squared
        for (int64_t j = k + 1; j < steps(); ++j) {
            left *= 1 - variance(j);
        }
        const double b = variance(k);
        const double left_here = left * (1 - b);
        return Bridge{1 / std::sqrt(left_here), std::sqrt((1 - left_here) / left_here),
                      kept(k) * (1 - left) / (1 - left_here), std::sqrt(left) * b / (1 - left_here)};
    }

    void start(torch::Tensor& x, const Random& random) const override {
        random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
    }
    std::optional<double> mean_factor(int64_t k) const override { return kept(k); }
    torch::Tensor mean(int64_t k, const torch::Tensor& x) const override { return x * kept(k); }
    torch::Tensor pullback(int64_t k, const torch::Tensor&, const torch::Tensor& w) const override {
        return w * kept(k);
    }
    torch::Tensor backward(int64_t k, const torch::Tensor& next, const torch::Tensor& noise) const override {
        return next * kept(k) + noise * std::sqrt(variance(k));
    }

private:
    double kept(int64_t k) const { return std::sqrt(1 - variance(k)); }

    int64_t dimension_;
    TimeGrid grid_;
};

}  // namespace

std::shared_ptr<const Reference> stationary_reference(int64_t dimension, TimeGrid grid) {
    return std::make_shared<const Stationary>(dimension, std::move(grid));
}

}  // namespace drift
