// p = Phi(b) - Phi(a), a and b = (y -+ step / 2 - u) / sigma: the chance that u + sigma n falls into the bin around y.

#include "core/noise_models/noise_model.h"

#include <cmath>

namespace drift {
namespace {

class Quantised final : public NoiseModel {
public:
    Quantised(double step, double sigma) : step_(step), sigma_(sigma) {}

    torch::Tensor draw(const torch::Tensor& u, const Random& random) const override {
        return ((u.to(torch::kFloat64) + sigma_ * normals(u, random, 0)) / step_).round() * step_;
    }
    torch::Tensor proxy_variance(const torch::Tensor&, const torch::Tensor& u) const override {
        return torch::full(u.sizes(), sigma_ * sigma_ + step_ * step_ / 12, u.options().dtype(torch::kFloat64));
    }
    double bin_width() const override { return step_; }

private:
    /// The bin by its middle's distance in the left tail, -|y - u|, where both values of Phi keep their digits: the
    /// lower end a and the upper end b, as logarithms of Phi.
    struct Bin {
        torch::Tensor a, b;
        torch::Tensor log_p;
    };
    Bin bin(const torch::Tensor& y, const torch::Tensor& u) const {
        const torch::Tensor middle = (y - u).abs() / -sigma_;
        Bin result{middle - step_ / (2 * sigma_), middle + step_ / (2 * sigma_), {}};
        const torch::Tensor upper = at::special_log_ndtr(result.b);
        result.log_p = upper + (-at::expm1(at::special_log_ndtr(result.a) - upper)).log();
        return result;
    }

    torch::Tensor log_densities(const torch::Tensor& y, const torch::Tensor& u) const override {
        return bin(y, u).log_p;
    }
    /// (phi(b) - phi(a)) / (sigma p), towards y.
    torch::Tensor slopes(const torch::Tensor& y, const torch::Tensor& u) const override {
        const Bin at_u = bin(y, u);
        const double log_constant = 0.5 * std::log(2 * M_PI);
        const auto ratio = [&](const torch::Tensor& end) {
            return (end.square() * -0.5 - log_constant - at_u.log_p).exp();
        };
        return (ratio(at_u.b) - ratio(at_u.a)) * (y - u).sign() / sigma_;
    }

    double step_;
    double sigma_;
};

}  // namespace

std::shared_ptr<const NoiseModel> quantised_noise(double step, double sigma) {
    return std::make_shared<const Quantised>(step, sigma);
}

}  // namespace drift
