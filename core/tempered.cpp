#include "core/tempered.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

class Tempered final : public Condition {
public:
    Tempered(std::shared_ptr<const Condition> condition, double power)
        : condition_(std::move(condition)), power_(power) {}

    torch::Tensor log_likelihood(const torch::Tensor& clean) const override {
        const torch::Tensor log_r = condition_->log_likelihood(clean);
        return power_ == 0 ? torch::zeros_like(log_r) : log_r * power_;  // 0 times minus infinity is no number
    }
    torch::Tensor gradient(const torch::Tensor& clean) const override { return condition_->gradient(clean) * power_; }
    bool is_none() const override { return power_ == 0 || condition_->is_none(); }
    std::shared_ptr<const MixturePosterior> exact(const GaussianMixture& prior) const override {
        const LinearGaussian* linear = condition_->linear();
        if (linear == nullptr || !(power_ > 0)) {
            return nullptr;
        }
        // N(y; A x, s^2)^power = N(y; A x, s^2 / power) (2 pi s^2)^(-power / 2) (2 pi s^2 / power)^(1 / 2), each value
        const double noise = linear->noise / std::sqrt(power_);
        auto posterior = std::make_shared<MixturePosterior>(exact_posterior(prior, {linear->A, linear->y, noise}));
        const double log_normal = std::log(2 * M_PI * linear->noise * linear->noise);
        posterior->log_z +=
            0.5 * static_cast<double>(linear->y.size(0)) * ((1 - power_) * log_normal - std::log(power_));
        return posterior;
    }

private:
    std::shared_ptr<const Condition> condition_;
    double power_;
};

}  // namespace

std::shared_ptr<const Condition> tempered(std::shared_ptr<const Condition> condition, double power) {
    return power == 1 ? condition : std::make_shared<const Tempered>(std::move(condition), power);
}

}  // namespace drift
