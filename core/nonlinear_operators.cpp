#include "core/nonlinear_operators.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

/// A length never divided by when it is 0: the direction there is 0, too.
torch::Tensor safe(const torch::Tensor& length) {
    return length.clamp_min(1e-30);
}

class Magnitude final : public ForwardOperator {
public:
    Magnitude(torch::Tensor real, torch::Tensor imaginary) : real_(std::move(real)), imaginary_(std::move(imaginary)) {}

    int64_t input_size() const override { return real_.size(1); }
    int64_t output_size() const override { return real_.size(0); }
    torch::Tensor forward(const torch::Tensor& x) const override {
        return at::hypot(x.matmul(real_.t()), x.matmul(imaginary_.t()));
    }
    torch::Tensor pullback(const torch::Tensor& x, const torch::Tensor& v) const override {
        const torch::Tensor a = x.matmul(real_.t());
        const torch::Tensor b = x.matmul(imaginary_.t());
        const torch::Tensor scaled = v / safe(at::hypot(a, b));
        return (scaled * a).matmul(real_) + (scaled * b).matmul(imaginary_);
    }

private:
    torch::Tensor real_;       // [m, d]
    torch::Tensor imaginary_;  // [m, d]
};

class FourierMagnitude final : public ForwardOperator {
public:
    FourierMagnitude(std::vector<int64_t> shape, double oversampling)
        : shape_(std::move(shape)), rows_(framed(shape_[1], oversampling)), columns_(framed(shape_[2], oversampling)) {}

    int64_t input_size() const override { return c10::multiply_integers(shape_); }
    int64_t output_size() const override { return shape_[0] * rows_ * (columns_ / 2 + 1); }
    torch::Tensor forward(const torch::Tensor& x) const override { return spectrum(x).abs().flatten(1); }
    torch::Tensor pullback(const torch::Tensor& x, const torch::Tensor& v) const override {
        const torch::Tensor z = spectrum(x);
        const torch::Tensor scaled = v.reshape(z.sizes()) / safe(z.abs());
        // The adjoint of a unitary transform is its inverse, and that of leaving frequencies out is writing zeros.
        const torch::Tensor all = at::constant_pad_nd(z * scaled, {0, columns_ - z.size(3)});
        const torch::Tensor back = at::real(at::fft_ifft2(all, {}, {-2, -1}, "ortho"));
        return back.slice(2, 0, shape_[1]).slice(3, 0, shape_[2]).flatten(1) / 2;
    }

private:
    static int64_t framed(int64_t side, double oversampling) {
        return std::max(side, static_cast<int64_t>(std::llround(static_cast<double>(side) * oversampling)));
    }
    torch::Tensor spectrum(const torch::Tensor& x) const {
        const torch::Tensor bright = (x.reshape({x.size(0), shape_[0], shape_[1], shape_[2]}) + 1) / 2;
        return at::fft_rfft2(bright, at::IntArrayRef({rows_, columns_}), {-2, -1}, "ortho");
    }

    std::vector<int64_t> shape_;
    int64_t rows_;
    int64_t columns_;
};

class RangeTo final : public ForwardOperator {
public:
    explicit RangeTo(torch::Tensor sensors) : sensors_(std::move(sensors)) {}

    int64_t input_size() const override { return sensors_.size(1); }
    int64_t output_size() const override { return sensors_.size(0); }
    torch::Tensor forward(const torch::Tensor& x) const override { return apart(x).norm(2, 2); }
    torch::Tensor pullback(const torch::Tensor& x, const torch::Tensor& v) const override {
        const torch::Tensor from = apart(x);
        return (from * (v / safe(from.norm(2, 2))).unsqueeze(2)).sum(1);
    }

private:
    torch::Tensor apart(const torch::Tensor& x) const { return x.unsqueeze(1) - sensors_; }  // [n, m, d]

    torch::Tensor sensors_;  // [m, d]
};

class Product final : public ForwardOperator {
public:
    explicit Product(int64_t d) : d_(d) {}

    int64_t input_size() const override { return d_; }
    int64_t output_size() const override { return 1; }
    torch::Tensor forward(const torch::Tensor& x) const override {
        return (x.select(1, 0) * x.select(1, 1)).unsqueeze(1);
    }
    torch::Tensor pullback(const torch::Tensor& x, const torch::Tensor& v) const override {
        torch::Tensor back = torch::zeros_like(x);
        back.select(1, 0).copy_(v.select(1, 0) * x.select(1, 1));
        back.select(1, 1).copy_(v.select(1, 0) * x.select(1, 0));
        return back;
    }

private:
    int64_t d_;
};

class Respond final : public ForwardOperator {
public:
    Respond(torch::Tensor matrix, Response response) : matrix_(std::move(matrix)), response_(response) {}

    int64_t input_size() const override { return matrix_.size(1); }
    int64_t output_size() const override { return matrix_.size(0); }
    torch::Tensor forward(const torch::Tensor& x) const override {
        const torch::Tensor a = x.matmul(matrix_.t());
        return response_ == Response::Tanh ? a.tanh() : response_ == Response::Sine ? a.sin() : a.square();
    }
    torch::Tensor pullback(const torch::Tensor& x, const torch::Tensor& v) const override {
        const torch::Tensor a = x.matmul(matrix_.t());
        const torch::Tensor slope = response_ == Response::Tanh   ? 1 - a.tanh().square()
                                    : response_ == Response::Sine ? a.cos()
                                                                  : 2 * a;
        return (v * slope).matmul(matrix_);
    }

private:
    torch::Tensor matrix_;  // [m, d]
    Response response_;
};

}  // namespace

std::shared_ptr<const ForwardOperator> magnitude_operator(const torch::Tensor& matrix) {
    const torch::Tensor pairs = matrix.reshape({-1, 2, matrix.size(1)});
    return std::make_shared<const Magnitude>(pairs.select(1, 0).contiguous(), pairs.select(1, 1).contiguous());
}

std::shared_ptr<const ForwardOperator> fourier_magnitude_operator(const std::vector<int64_t>& shape,
                                                                  double oversampling) {
    return std::make_shared<const FourierMagnitude>(shape, oversampling);
}

std::shared_ptr<const ForwardOperator> range_operator(const torch::Tensor& sensors) {
    return std::make_shared<const RangeTo>(sensors);
}

std::shared_ptr<const ForwardOperator> product_operator(int64_t d) {
    return std::make_shared<const Product>(d);
}

std::shared_ptr<const ForwardOperator> response_operator(const torch::Tensor& matrix, Response response) {
    return std::make_shared<const Respond>(matrix, response);
}

}  // namespace drift
