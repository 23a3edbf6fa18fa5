// log p = lgamma((nu + 1) / 2) - lgamma(nu / 2) - log(nu pi s^2) / 2 - (nu + 1) / 2 log1p(r^2 / (nu s^2)), r = y - u.
// A scale mixture of Gaussians: at r it is like one of precision w / s^2, w = (nu + 1) / (nu + r^2 / s^2), and the
// logarithm lies above that of the Gaussian everywhere else.

#include "core/noise_models/noise_model.h"

#include <cmath>

namespace drift {
namespace {

class StudentT final : public NoiseModel {
public:
    StudentT(double degrees, double scale)
        : degrees_(degrees),
          scale_(scale),
          spread_(degrees * scale * scale),
          constant_(std::lgamma(0.5 * (degrees + 1)) - std::lgamma(0.5 * degrees) - 0.5 * std::log(M_PI * spread_)) {}

    /// Bailey's polar form: for normals (a, b) at the distance rho, sqrt(nu (exp(rho^2 / nu) - 1)) a / rho.
    torch::Tensor draw(const torch::Tensor& u, const Random& random) const override {
        const torch::Tensor a = normals(u, random, 0);
        const torch::Tensor squared = a.square() + normals(u, random, 1).square();
        const torch::Tensor radius = (at::expm1(squared / degrees_) * degrees_).sqrt();
        return u.to(torch::kFloat64) + scale_ * radius * a / squared.sqrt();
    }
    torch::Tensor proxy_variance(const torch::Tensor& y, const torch::Tensor& u) const override {
        return ((y - u).to(torch::kFloat64).square() + spread_) / (degrees_ + 1);
    }
    bool proxy_descends() const override { return true; }
    torch::Tensor proximal(const torch::Tensor& y, const torch::Tensor& v, double variance) const override {
        const torch::Tensor from = v.to(torch::kFloat64);
        torch::Tensor u = from;
        for (int i = 0; i < proxy_reweightings; ++i) {
            const torch::Tensor proxy = proxy_variance(y, u);
            u = (from * proxy + y.to(torch::kFloat64) * variance) / (proxy + variance);
        }
        return u;
    }

private:
    torch::Tensor log_densities(const torch::Tensor& y, const torch::Tensor& u) const override {
        return at::log1p((y - u).square() / spread_) * (-0.5 * (degrees_ + 1)) + constant_;
    }
    torch::Tensor slopes(const torch::Tensor& y, const torch::Tensor& u) const override {
        const torch::Tensor r = y - u;
        return r * (degrees_ + 1) / (r.square() + spread_);
    }

    double degrees_;  // nu
    double scale_;    // s
    double spread_;   // nu s^2
    double constant_;
};

}  // namespace

std::shared_ptr<const NoiseModel> student_t_noise(double degrees, double scale) {
    return std::make_shared<const StudentT>(degrees, scale);
}

}  // namespace drift
