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
    /// lower end a, the upper end b, and log Phi(a) / Phi(b).
    struct Bin {
        torch::Tensor a, b;
        torch::Tensor log_ratio;
    };
    Bin bin(const torch::Tensor& y, const torch::Tensor& u) const {
        const torch::Tensor middle = (y - u).abs() / -sigma_;
        Bin result{middle - step_ / (2 * sigma_), middle + step_ / (2 * sigma_), {}};
        // Far away the difference of the squares of a and b is not what is left of them.
        const torch::Tensor in_tail = middle * (step_ / sigma_) + (scaled_tail(result.a) / scaled_tail(result.b)).log();
        const torch::Tensor near = at::special_log_ndtr(result.a) - at::special_log_ndtr(result.b);
        result.log_ratio = at::where(result.b < 0, in_tail, near);
        return result;
    }
    /// 2 Phi(x) exp(x^2 / 2).
    static torch::Tensor scaled_tail(const torch::Tensor& x) { return at::special_erfcx(x * -M_SQRT1_2); }
    /// phi(x) / Phi(x).
    static torch::Tensor hazard(const torch::Tensor& x) { return std::sqrt(2 / M_PI) / scaled_tail(x); }

    torch::Tensor log_densities(const torch::Tensor& y, const torch::Tensor& u) const override {
        const Bin at_u = bin(y, u);
        return at::special_log_ndtr(at_u.b) + (-at::expm1(at_u.log_ratio)).log();
    }
    /// (phi(b) - phi(a)) / (sigma p), towards y.
    torch::Tensor slopes(const torch::Tensor& y, const torch::Tensor& u) const override {
        const Bin at_u = bin(y, u);
        const torch::Tensor share = at_u.log_ratio.exp();  // of a in b
        const torch::Tensor from_a = at::where(share > 0, hazard(at_u.a) * share, torch::zeros_like(share));
        return (hazard(at_u.b) - from_a) / -at::expm1(at_u.log_ratio) * (y - u).sign() / sigma_;
    }

    double step_;
    double sigma_;
};

}  // namespace

std::shared_ptr<const NoiseModel> quantised_noise(double step, double sigma) {
    return std::make_shared<const Quantised>(step, sigma);
}

}  // namespace drift
