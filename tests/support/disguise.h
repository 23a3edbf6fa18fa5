// Conditions that hide something, for tests of methods that must not need it.
#pragma once

#include "core/problem.h"

namespace drift::test {

/// Says what a condition is worth and nothing else: neither its gradient nor that it may be linear.
class BlackBox final : public Condition {
public:
    explicit BlackBox(std::shared_ptr<const Condition> condition) : condition_(std::move(condition)) {}
    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        return condition_->log_likelihood(clean);
    }
    torch::Tensor gradient(const torch::Tensor&) const override {
        throw std::logic_error("a black box was asked for its gradient");
    }

private:
    std::shared_ptr<const Condition> condition_;
};

inline Problem black_box(Problem problem) {
    problem.condition = std::make_shared<const BlackBox>(problem.condition);
    return problem;
}

/// A prior whose denoiser cannot be differentiated.
class Opaque final : public Prior {
public:
    explicit Opaque(std::shared_ptr<const Prior> prior) : prior_(std::move(prior)) {}
    std::vector<int64_t> sample_shape() const override { return prior_->sample_shape(); }
    double data_variance() const override { return prior_->data_variance(); }
    torch::Tensor denoise(const torch::Tensor& x, double sigma) const override { return prior_->denoise(x, sigma); }
    Linearised linearise(const torch::Tensor&, double) const override {
        throw std::logic_error("an opaque denoiser was differentiated");
    }

private:
    std::shared_ptr<const Prior> prior_;
};

inline Problem opaque(Problem problem) {
    problem.prior = std::make_shared<const Opaque>(problem.prior);
    return problem;
}

}  // namespace drift::test
