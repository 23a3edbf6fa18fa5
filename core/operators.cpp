#include "core/operators.h"

#include <cmath>

namespace drift {
namespace {

/// A by its singular vectors, A A^T = U diag(s^2) U^T: every solve is two products with U.
class DenseOperator final : public LinearOperator {
public:
    DenseOperator(torch::Tensor matrix, torch::Tensor u, torch::Tensor squares)
        : matrix_(std::move(matrix)), u_(std::move(u)), squares_(std::move(squares)) {}

    int64_t input_size() const override { return matrix_.size(1); }
    int64_t output_size() const override { return matrix_.size(0); }
    torch::Tensor forward(const torch::Tensor& x) const override { return x.matmul(matrix_.t()); }
    torch::Tensor adjoint(const torch::Tensor& v) const override { return v.matmul(matrix_); }

    torch::Tensor solve(const torch::Tensor& e, double noise_squared, double spread_squared) const override {
        return e.matmul(u_).div(squares_ * spread_squared + noise_squared).matmul(u_.t());
    }
    double log_det(double noise_squared, double spread_squared) const override {
        return (squares_.to(torch::kFloat64) * spread_squared + noise_squared).log().sum().item<double>();
    }
    std::optional<double> gram_scale() const override {
        const torch::Tensor squares = squares_.to(torch::kCPU, torch::kFloat64);
        const double largest = squares.max().item<double>();
        const bool even = squares.min().item<double>() > (1 - 1e-12) * largest && largest > 0;
        return even ? std::optional(largest) : std::nullopt;
    }
    torch::Tensor matrix() const override { return matrix_.to(torch::kCPU, torch::kFloat64); }
    std::shared_ptr<const LinearOperator> to(const torch::TensorOptions& options) const override {
        return std::make_shared<DenseOperator>(matrix_.to(options), u_.to(options), squares_.to(options));
    }

private:
    torch::Tensor matrix_;   // [m, d]
    torch::Tensor u_;        // [m, m]
    torch::Tensor squares_;  // [m]
};

}  // namespace

torch::Tensor LinearOperator::matrix() const {
    return forward(torch::eye(input_size(), torch::kFloat64)).t().contiguous();
}

std::shared_ptr<const LinearOperator> dense_operator(const torch::Tensor& matrix) {
    const torch::Tensor exact = matrix.to(torch::kCPU, torch::kFloat64).contiguous();
    const auto [squares, u] = at::linalg_eigh(exact.matmul(exact.t()));
    const torch::Tensor positive = squares.clamp_min(0);
    return std::make_shared<DenseOperator>(exact, u.contiguous(), positive)->to(matrix.options());
}

}  // namespace drift
