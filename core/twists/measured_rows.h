// A linear measurement of few values with Gaussian noise as the kernel of core/kernels/linear_twist.h takes it.
#pragma once

#include "core/kernels/linear_twist.h"
#include "core/twist.h"

#include <cmath>

namespace drift {

/// Whether the kernel takes it: at most 16 values.
bool has_few_rows(const LinearGaussian& measurement);

/// Immutable, and independent of the condition that it was made of.
class MeasuredRows {
public:
    explicit MeasuredRows(const LinearGaussian& measurement);

    int64_t count() const { return matrix_.size(0); }
    double noise() const { return std::sqrt(noise_squared_); }  ///< sigma_y
    const torch::Tensor& matrix() const { return matrix_; }     ///< A [m, d] float64 on the host

    /// The twist at noise sigma for particles like x; its numbers lie in `memory`. T is the type of x.
    template <class T>
    kernels::LinearTwist<T> level(const TwistOptions& options, double sigma, const torch::Tensor& x,
                                  torch::Tensor& memory) const;

private:
    torch::Tensor matrix_;
    torch::Tensor y_;  // [m] float64 on the host
    double noise_squared_;
};

}  // namespace drift
