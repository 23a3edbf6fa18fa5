// What a training really asks of a prior: sources take more trajectories than a batch has, or fewer steps than they
// have.

#include "core/training/reference.h"

#include <atomic>
#include <utility>

namespace drift {
namespace {

class CountedReference final : public Reference {
public:
    explicit CountedReference(std::shared_ptr<const Reference> reference)
        : reference_(std::move(reference)), asks_(reference_->calls() > 0) {}

    Kind kind() const override { return reference_->kind(); }
    int64_t dimension() const override { return reference_->dimension(); }
    const TimeGrid& grid() const override { return reference_->grid(); }
    double unit() const override { return reference_->unit(); }
    double input_scale(int64_t k) const override { return reference_->input_scale(k); }
    double gain(int64_t k) const override { return reference_->gain(k); }
    double sigma(int64_t k) const override { return reference_->sigma(k); }
    std::optional<Bridge> bridge(int64_t k) const override { return reference_->bridge(k); }
    int64_t calls() const override { return reference_->calls(); }
    int64_t counted() const override { return counted_; }

    void start(torch::Tensor& x, const Random& random) const override { reference_->start(x, random); }
    torch::Tensor mean(int64_t k, const torch::Tensor& x) const override {
        count(x, true);
        return reference_->mean(k, x);
    }
    std::optional<double> mean_factor(int64_t k) const override { return reference_->mean_factor(k); }
    torch::Tensor pullback(int64_t k, const torch::Tensor& x, const torch::Tensor& w) const override {
        count(x, true);
        return reference_->pullback(k, x, w);
    }
    torch::Tensor backward(int64_t k, const torch::Tensor& next, const torch::Tensor& noise) const override {
        return reference_->backward(k, next, noise);
    }
    torch::Tensor clean(const torch::Tensor& last) const override {
        count(last, kind() == Kind::Diffusion);
        return reference_->clean(last);
    }
    torch::Tensor clean_pullback(const torch::Tensor& last, const torch::Tensor& w) const override {
        count(last, kind() == Kind::Diffusion);
        return reference_->clean_pullback(last, w);
    }

private:
    void count(const torch::Tensor& rows, bool denoises) const { counted_ += asks_ && denoises ? rows.size(0) : 0; }

    std::shared_ptr<const Reference> reference_;
    bool asks_;
    mutable std::atomic<int64_t> counted_ = 0;
};

}  // namespace

std::shared_ptr<const Reference> counted_reference(std::shared_ptr<const Reference> reference) {
    return std::make_shared<const CountedReference>(std::move(reference));
}

}  // namespace drift
