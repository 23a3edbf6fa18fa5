#include "core/conditions/linear_condition.h"

#include "core/few_values.h"
#include "core/measured.h"

#include <cmath>

namespace drift {
namespace {

class LinearCondition final : public Condition {
public:
    LinearCondition(LinearGaussian measurement, torch::Tensor picture, torch::Tensor truth)
        : measurement_(std::move(measurement)),
          few_(FewValues::of(measurement_, measurement_.y.options())),
          as_measured_{measurement_.A, measurement_.A, measurement_.y, gaussian_noise(measurement_.noise)},
          picture_(std::move(picture)),
          truth_(std::move(truth)) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        if (few_ && few_->takes(clean)) {
            torch::Tensor values = torch::empty({clean.size(0)}, clean.options().dtype(torch::kFloat64));
            torch::Tensor no_gradient;
            few_->evaluate(clean, values, no_gradient);
            return values;
        }
        const double variance = measurement_.noise * measurement_.noise;
        const double m = static_cast<double>(measurement_.y.size(0));
        const torch::Tensor squares = residual(clean).to(torch::kFloat64).square().sum(1);
        return squares * (-0.5 / variance) - 0.5 * m * std::log(2 * M_PI * variance);
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        const double variance = measurement_.noise * measurement_.noise;
        return (measurement_.A->adjoint(residual(clean)) / variance).view_as(clean);
    }
    const LinearGaussian* linear() const override { return &measurement_; }
    const Measured* measured() const override { return &as_measured_; }
    torch::Tensor measurement_picture() const override { return picture_; }
    torch::Tensor true_picture() const override { return truth_; }

private:
    torch::Tensor residual(const torch::Tensor& clean) const {
        return measurement_.y - measurement_.A->forward(clean.flatten(1));
    }

    LinearGaussian measurement_;
    std::optional<FewValues> few_;
    Measured as_measured_;
    torch::Tensor picture_;
    torch::Tensor truth_;
};

}  // namespace

std::shared_ptr<const Condition> linear_condition(LinearGaussian measurement, torch::Tensor measurement_picture,
                                                  torch::Tensor true_picture) {
    return std::make_shared<const LinearCondition>(std::move(measurement), std::move(measurement_picture),
                                                   std::move(true_picture));
}

}  // namespace drift
