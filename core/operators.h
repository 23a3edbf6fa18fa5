// What is measured, as operators: forward with its vector-Jacobian product, and for linear ones the exact adjoint and
// the solve that guidance needs.
#pragma once

#include "core/torch.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace drift {

/// h, linear or not, acts on rows: x is [n, d] (pictures are flattened), h(x) is [n, m]. Immutable; safe to share
/// between threads.
class ForwardOperator {
public:
    virtual ~ForwardOperator() = default;

    virtual int64_t input_size() const = 0;                           ///< d
    virtual int64_t output_size() const = 0;                          ///< m
    virtual torch::Tensor forward(const torch::Tensor& x) const = 0;  ///< [n, d] -> [n, m]
    /// J^T v [n, d] for v [n, m], J = dh/dx at every row of x.
    virtual torch::Tensor pullback(const torch::Tensor& x, const torch::Tensor& v) const = 0;
};

/// h(x) = A x.
class LinearOperator : public ForwardOperator {
public:
    virtual torch::Tensor adjoint(const torch::Tensor& v) const = 0;  ///< [n, m] -> [n, d]
    torch::Tensor pullback(const torch::Tensor&, const torch::Tensor& v) const final { return adjoint(v); }

    /// (noise^2 I + spread^2 A A^T)^{-1} e for rows e [n, m]; noise > 0 or A A^T invertible. guidance.md 1.5.
    virtual torch::Tensor solve(const torch::Tensor& e, double noise_squared, double spread_squared) const = 0;
    /// log det(noise^2 I + spread^2 A A^T).
    virtual double log_det(double noise_squared, double spread_squared) const = 0;

    /// c where A A^T = c I: what is measured can be moved value by value. guidance.md 1.8.
    virtual std::optional<double> gram_scale() const { return std::nullopt; }
    /// A as a matrix [m, d] in float64, for oracles and small problems.
    virtual torch::Tensor matrix() const;
    /// The same operator with its arrays in another type and place.
    virtual std::shared_ptr<const LinearOperator> to(const torch::TensorOptions& options) const = 0;
};

/// Any matrix [m, d]; A A^T is decomposed once, in float64.
std::shared_ptr<const LinearOperator> dense_operator(const torch::Tensor& matrix);

}  // namespace drift
