#include "core/conditions/measured_condition.h"

#include "core/conditions/linear_condition.h"

#include <utility>

namespace drift {
namespace {

class MeasuredCondition final : public Condition {
public:
    MeasuredCondition(Measured measurement, torch::Tensor picture, torch::Tensor truth)
        : measurement_(std::move(measurement)), picture_(std::move(picture)), truth_(std::move(truth)) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return measurement_.noise->log_density(measurement_.y, measurement_.h->forward(clean.flatten(1)));
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override {
        const torch::Tensor x = clean.flatten(1);
        const torch::Tensor slope = measurement_.noise->gradient(measurement_.y, measurement_.h->forward(x));
        return measurement_.h->pullback(x, slope).view_as(clean);
    }
    const Measured* measured() const override { return &measurement_; }
    torch::Tensor measurement_picture() const override { return picture_; }
    torch::Tensor true_picture() const override { return truth_; }

private:
    Measured measurement_;
    torch::Tensor picture_;
    torch::Tensor truth_;
};

/// Negative counts, and halves of them, are a mistake of whoever wrote them down.
void check_observation(const torch::Tensor& y, const NoiseModel& noise) {
    if (noise.takes_negative()) {
        return;
    }
    const torch::Tensor odd = y.masked_select(y.lt(0).logical_or(y.ne(y.round())));
    if (odd.numel() > 0) {
        throw UserError("'condition.observation' holds " + shown(odd[0].item<double>()) +
                        ", but counts of 'noise_model' poisson are whole numbers, 0 or more");
    }
}

}  // namespace

std::shared_ptr<const NoiseModel> noise_model(const NoiseParams& params, double black) {
    if (params.noise_model == "student_t") {
        return student_t_noise(params.degrees, params.noise);
    }
    if (params.noise_model == "laplace") {
        return laplace_noise(params.noise);
    }
    if (params.noise_model == "poisson") {
        return poisson_noise(params.gain, params.floor, -black);
    }
    if (params.noise_model == "quantised") {
        return quantised_noise(params.step, params.noise);
    }
    return gaussian_noise(params.noise);
}

std::shared_ptr<const Condition> measured_condition(Measured measurement, torch::Tensor measurement_picture,
                                                    torch::Tensor true_picture) {
    return std::make_shared<const MeasuredCondition>(std::move(measurement), std::move(measurement_picture),
                                                     std::move(true_picture));
}

std::shared_ptr<const Condition> noisy_condition(std::shared_ptr<const LinearOperator> measure, torch::Tensor y,
                                                 const NoiseParams& params) {
    if (params.noise_model == "gaussian") {
        return linear_condition({std::move(measure), std::move(y), params.noise});
    }
    auto noise = noise_model(params);
    check_observation(y, *noise);
    return measured_condition({measure, measure, std::move(y), std::move(noise)});
}

std::shared_ptr<const Condition> noisy_condition(std::shared_ptr<const ForwardOperator> measure, torch::Tensor y,
                                                 const NoiseParams& params) {
    auto noise = noise_model(params);
    check_observation(y, *noise);
    return measured_condition({std::move(measure), nullptr, std::move(y), std::move(noise)});
}

}  // namespace drift
