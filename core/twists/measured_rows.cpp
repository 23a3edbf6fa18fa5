#include "core/twists/measured_rows.h"

namespace drift {
namespace {

kernels::ErrorModel kernel_model(ErrorModel model) {
    switch (model) {
        case ErrorModel::Point:
            return kernels::ErrorModel::Point;
        case ErrorModel::Pigdm:
            return kernels::ErrorModel::Pigdm;
        default:
            return kernels::ErrorModel::Tweedie;
    }
}

}  // namespace

bool has_few_rows(const LinearGaussian& measurement) {
    return measurement.A->output_size() <= kernels::max_twist_rows;
}

MeasuredRows::MeasuredRows(const LinearGaussian& measurement)
    : matrix_(measurement.A->to(torch::kFloat64)->matrix().contiguous()),
      y_(measurement.y.to(torch::kCPU, torch::kFloat64).contiguous()),
      noise_squared_(measurement.noise * measurement.noise) {}

template <class T>
kernels::LinearTwist<T> MeasuredRows::level(const TwistOptions& options, double sigma, const torch::Tensor& x,
                                            torch::Tensor& memory) const {
    const kernels::LinearObservation observation{matrix_.size(0), matrix_.size(1), matrix_.const_data_ptr<double>(),
                                                 y_.const_data_ptr<double>(), noise_squared_};
    memory = torch::empty({kernels::linear_twist_size(observation)}, torch::CppTypeToScalarType<T>::value);
    kernels::LinearTwist<T> twist =
        kernels::prepare_linear_twist(observation, kernel_model(options.model), sigma,
                                      denoised_variance(sigma, options.spread), memory.data_ptr<T>());
    memory = memory.to(x.device());
    twist.coefficients = memory.const_data_ptr<T>();
    return twist;
}

template kernels::LinearTwist<float> MeasuredRows::level(const TwistOptions&, double, const torch::Tensor&,
                                                         torch::Tensor&) const;
template kernels::LinearTwist<double> MeasuredRows::level(const TwistOptions&, double, const torch::Tensor&,
                                                          torch::Tensor&) const;

}  // namespace drift
