// log p = -r^2 / (2 sigma^2) - log(2 pi sigma^2) / 2, r = y - u.

#include "core/noise_models/noise_model.h"

#include <cmath>

namespace drift {
namespace {

class Gaussian final : public NoiseModel {
public:
    explicit Gaussian(double sigma) : sigma_(sigma), variance_(sigma * sigma) {}

    torch::Tensor draw(const torch::Tensor& u, const Random& random) const override {
        return u.to(torch::kFloat64) + sigma_ * normals(u, random, 0);
    }
    torch::Tensor proxy_variance(const torch::Tensor&, const torch::Tensor& u) const override {
        return torch::full(u.sizes(), variance_, u.options().dtype(torch::kFloat64));
    }
    bool proxy_descends() const override { return true; }
    torch::Tensor proximal(const torch::Tensor& y, const torch::Tensor& v, double variance) const override {
        return (v.to(torch::kFloat64) * variance_ + y.to(torch::kFloat64) * variance) / (variance_ + variance);
    }

private:
    torch::Tensor log_densities(const torch::Tensor& y, const torch::Tensor& u) const override {
        return (y - u).square() * (-0.5 / variance_) - 0.5 * std::log(2 * M_PI * variance_);
    }
    torch::Tensor slopes(const torch::Tensor& y, const torch::Tensor& u) const override { return (y - u) / variance_; }

    double sigma_;
    double variance_;
};

}  // namespace

std::shared_ptr<const NoiseModel> gaussian_noise(double sigma) {
    return std::make_shared<const Gaussian>(sigma);
}

}  // namespace drift
