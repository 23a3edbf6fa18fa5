// The covariance-corrected error model for any prior under a linear measurement of many values, where
// S = sigma_y^2 I + sigma^2 A J A^T is known by its products alone: S v = e by conjugate gradients, a backward pass of
// the denoiser each, and
//
//     pull = sigma^2 J^T A^T v.
//
// guidance.md 1.6.5 (MMPS). There is no determinant of S, hence no density: for methods without weights.

#include "core/stability.h"
#include "core/twist.h"

#include <cmath>

namespace drift {
namespace {

torch::Tensor row_products(const torch::Tensor& a, const torch::Tensor& b) {
    return (a * b).sum(1, true);
}

class TweedieByProducts final : public Twist {
public:
    TweedieByProducts(const Problem& problem, const TwistOptions& options)
        : prior_(problem.prior),
          condition_(problem.condition),
          measurement_(*condition_->linear()),
          options_(options) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        const Linearised at_x = prior_->linearise(x, sigma);
        const double variance = sigma * sigma;
        const auto back = [&](const torch::Tensor& v) {  // sigma^2 J^T A^T v
            return at_x.pullback(measurement_.A->adjoint(v).view_as(x)).mul_(variance);
        };
        const double noise_squared = measurement_.noise * measurement_.noise;
        const auto covariance = [&](const torch::Tensor& v) {
            return measurement_.A->forward(back(v).flatten(1)).add_(v, noise_squared);
        };
        const torch::Tensor e = measurement_.y - measurement_.A->forward(at_x.denoised.flatten(1));  // [n, m]
        const double m = static_cast<double>(e.size(1));
        const double constant = m * std::log(2 * M_PI * noise_squared);
        out.log_twist.copy_((e.to(torch::kFloat64).square().sum(1).div_(noise_squared)).add_(constant).mul_(-0.5));
        out.denoised.copy_(at_x.denoised);
        out.pull.copy_(back(solve(covariance, e)));
    }
    bool has_density() const override { return false; }
    std::optional<double> pull_slope(double sigma, double j, double gain) const override {
        return slope_of_score(options_, measurement_.noise, sigma, j, gain);
    }

private:
    /// Every row by its own step lengths. A trained denoiser's J is not exactly symmetric with eigenvalues above 0: a
    /// row whose direction has no positive curvature stays where it is.
    template <class Product>
    torch::Tensor solve(const Product& product, const torch::Tensor& e) const {
        torch::Tensor v = torch::zeros_like(e);
        torch::Tensor residual = e.clone();
        torch::Tensor direction = e.clone();
        torch::Tensor square = row_products(residual, residual);
        for (int64_t step = 0; step < options_.solver_steps; ++step) {
            const torch::Tensor image = product(direction);
            const torch::Tensor curvature = row_products(direction, image);
            const torch::Tensor length = torch::where(curvature > 0, square / curvature, torch::zeros_like(square));
            v.addcmul_(length, direction);
            residual.addcmul_(length, image, -1);
            const torch::Tensor next = row_products(residual, residual);
            direction = residual + direction * torch::where(square > 0, next / square, torch::zeros_like(square));
            square = next;
        }
        return v;
    }

    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    LinearGaussian measurement_;
    TwistOptions options_;
};

}  // namespace

std::shared_ptr<const Twist> tweedie_by_products(const Problem& problem, const TwistOptions& options) {
    return std::make_shared<const TweedieByProducts>(problem, options);
}

}  // namespace drift
