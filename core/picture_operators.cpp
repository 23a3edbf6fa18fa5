#include "core/picture_operators.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

/// Operators with A A^T = scale * I.
class ScaledIdentityGram : public LinearOperator {
public:
    explicit ScaledIdentityGram(double scale) : scale_(scale) {}

    torch::Tensor solve(const torch::Tensor& e, double noise_squared, double spread_squared) const override {
        return e / (noise_squared + spread_squared * scale_);
    }
    double log_det(double noise_squared, double spread_squared) const override {
        return static_cast<double>(output_size()) * std::log(noise_squared + spread_squared * scale_);
    }

    std::optional<double> gram_scale() const override { return scale_; }

private:
    double scale_;
};

class MaskOperator final : public ScaledIdentityGram {
public:
    MaskOperator(torch::Tensor indices, int64_t d) : ScaledIdentityGram(1), indices_(std::move(indices)), d_(d) {}

    int64_t input_size() const override { return d_; }
    int64_t output_size() const override { return indices_.size(0); }
    torch::Tensor forward(const torch::Tensor& x) const override { return x.index_select(1, indices_); }
    torch::Tensor adjoint(const torch::Tensor& v) const override {
        return torch::zeros({v.size(0), d_}, v.options()).index_copy_(1, indices_, v);
    }
    std::shared_ptr<const LinearOperator> to(const torch::TensorOptions& options) const override {
        return std::make_shared<MaskOperator>(indices_.to(options.device()), d_);
    }

private:
    torch::Tensor indices_;
    int64_t d_;
};

class PoolingOperator final : public ScaledIdentityGram {
public:
    PoolingOperator(std::vector<int64_t> shape, int64_t factor)
        : ScaledIdentityGram(1 / static_cast<double>(factor * factor)), shape_(std::move(shape)), factor_(factor) {}

    int64_t input_size() const override { return shape_[0] * shape_[1] * shape_[2]; }
    int64_t output_size() const override { return input_size() / (factor_ * factor_); }
    torch::Tensor forward(const torch::Tensor& x) const override { return blocks(x).mean({3, 5}).flatten(1); }
    torch::Tensor adjoint(const torch::Tensor& v) const override {
        const auto area = static_cast<double>(factor_ * factor_);
        const int64_t rows = shape_[1] / factor_, columns = shape_[2] / factor_;
        const torch::Tensor small = (v / area).view({v.size(0), shape_[0], rows, 1, columns, 1});
        return small.expand({-1, -1, -1, factor_, -1, factor_}).reshape({v.size(0), input_size()});
    }
    std::shared_ptr<const LinearOperator> to(const torch::TensorOptions&) const override {
        return std::make_shared<PoolingOperator>(shape_, factor_);
    }

private:
    /// [n, channels, rows, factor, columns, factor]
    torch::Tensor blocks(const torch::Tensor& x) const {
        return x.reshape({x.size(0), shape_[0], shape_[1] / factor_, factor_, shape_[2] / factor_, factor_});
    }

    std::vector<int64_t> shape_;
    int64_t factor_;
};

class BlurOperator final : public LinearOperator {
public:
    BlurOperator(std::vector<int64_t> shape, torch::Tensor blur, torch::Tensor basis, torch::Tensor squares)
        : shape_(std::move(shape)), blur_(std::move(blur)), basis_(std::move(basis)), squares_(std::move(squares)) {}

    int64_t input_size() const override { return shape_[0] * shape_[1] * shape_[2]; }
    int64_t output_size() const override { return input_size(); }
    torch::Tensor forward(const torch::Tensor& x) const override { return on_both_sides(blur_, x); }
    torch::Tensor adjoint(const torch::Tensor& v) const override { return on_both_sides(blur_.t(), v); }

    torch::Tensor solve(const torch::Tensor& e, double noise_squared, double spread_squared) const override {
        const torch::Tensor rotated = on_both_sides(basis_.t(), e).view({-1, shape_[0], shape_[1], shape_[2]});
        return on_both_sides(basis_, rotated / (products() * spread_squared + noise_squared));
    }
    double log_det(double noise_squared, double spread_squared) const override {
        const torch::Tensor eigenvalues = products().to(torch::kFloat64) * spread_squared + noise_squared;
        return static_cast<double>(shape_[0]) * eigenvalues.log().sum().item<double>();
    }
    torch::Tensor matrix() const override {
        const torch::Tensor exact = blur_.to(torch::kCPU, torch::kFloat64).contiguous();
        return at::kron(torch::eye(shape_[0], torch::kFloat64), at::kron(exact, exact));
    }
    std::shared_ptr<const LinearOperator> to(const torch::TensorOptions& options) const override {
        return std::make_shared<BlurOperator>(shape_, blur_.to(options), basis_.to(options), squares_.to(options));
    }

private:
    /// M X M^T for every picture of the rows x.
    torch::Tensor on_both_sides(const torch::Tensor& m, const torch::Tensor& x) const {
        const torch::Tensor pictures = x.reshape({-1, shape_[1], shape_[2]});
        return m.matmul(pictures).matmul(m.t()).reshape({-1, input_size()});
    }
    /// The eigenvalues of A A^T, [height, width].
    torch::Tensor products() const { return squares_.unsqueeze(1) * squares_.unsqueeze(0); }

    std::vector<int64_t> shape_;
    torch::Tensor blur_;     // B [size, size]
    torch::Tensor basis_;    // Q [size, size], B B^T = Q diag(squares) Q^T
    torch::Tensor squares_;  // [size]
};

}  // namespace

std::shared_ptr<const LinearOperator> mask_operator(const torch::Tensor& indices, int64_t d) {
    return std::make_shared<MaskOperator>(indices, d);
}

std::shared_ptr<const LinearOperator> pooling_operator(const std::vector<int64_t>& shape, int64_t factor) {
    return std::make_shared<PoolingOperator>(shape, factor);
}

std::shared_ptr<const LinearOperator> blur_operator(const std::vector<int64_t>& shape, double sigma) {
    const torch::Tensor position = torch::arange(shape[1], torch::kFloat64);
    const torch::Tensor distance = position.unsqueeze(1) - position.unsqueeze(0);
    const torch::Tensor weight = (distance.square() * (-0.5 / (sigma * sigma))).exp();
    const torch::Tensor blur = weight / weight.sum(1, true);
    const auto [squares, basis] = at::linalg_eigh(blur.matmul(blur.t()));
    return std::make_shared<BlurOperator>(shape, blur, basis.contiguous(), squares.clamp_min(0));
}

}  // namespace drift
