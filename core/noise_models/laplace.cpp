// log p = -|r| / b - log(2 b), r = y - u. Its proximal point is the soft threshold: r shrinks by variance / b.

#include "core/noise_models/noise_model.h"

#include <cmath>

namespace drift {
namespace {

class Laplace final : public NoiseModel {
public:
    explicit Laplace(double b) : b_(b) {}

    /// By the inverse of its distribution function: |r| = -b log P(|n| > |z|) for a normal number z.
    torch::Tensor draw(const torch::Tensor& u, const Random& random) const override {
        const torch::Tensor z = normals(u, random, 0);
        return u.to(torch::kFloat64) - b_ * z.sign() * at::erfc(z.abs() * std::sqrt(0.5)).log();
    }
    torch::Tensor proxy_variance(const torch::Tensor& y, const torch::Tensor& u) const override {
        return (y - u).to(torch::kFloat64).abs().clamp_min(b_) * b_;
    }
    torch::Tensor proximal(const torch::Tensor& y, const torch::Tensor& v, double variance) const override {
        const torch::Tensor r = v.to(torch::kFloat64) - y.to(torch::kFloat64);
        return y.to(torch::kFloat64) + r.sign() * (r.abs() - variance / b_).clamp_min(0);
    }

private:
    torch::Tensor log_densities(const torch::Tensor& y, const torch::Tensor& u) const override {
        return (y - u).abs() / -b_ - std::log(2 * b_);
    }
    torch::Tensor slopes(const torch::Tensor& y, const torch::Tensor& u) const override { return (y - u).sign() / b_; }

    double b_;
};

}  // namespace

std::shared_ptr<const NoiseModel> laplace_noise(double b) {
    return std::make_shared<const Laplace>(b);
}

}  // namespace drift
