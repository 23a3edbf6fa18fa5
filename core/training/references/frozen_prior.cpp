// A diffusion prior that stays as it is, in EDM coordinates x = x0 + sigma n (trained_samplers.md 1.6):
//
//     x' = (1 - c) D(x, sigma) + c x + tau n,   tau = sigma' sqrt(1 - sigma'^2 / sigma^2),   x_0 ~ N(0, sigma_0^2 I)
//
// with D(x, sigma) itself at the end. The network moves D by so many r, r^2 = sigma^2 V / (V + sigma^2): what is left
// to be known of x0 there.

#include "core/error.h"
#include "core/training/references/rows.h"
#include "core/twist.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

class FrozenPrior final : public Reference {
public:
    FrozenPrior(std::shared_ptr<const Prior> prior, Schedule schedule)
        : prior_(std::move(prior)), rows_(*prior_), schedule_(std::move(schedule)) {
        for (int64_t k = 0; k + 1 < schedule_.steps(); ++k) {
            const double tau = injected_noise(schedule_.at(k), schedule_.at(k + 1), 1);
            grid_.variance.push_back(tau * tau);
        }
    }

    Kind kind() const override { return Kind::Diffusion; }
    int64_t dimension() const override { return rows_.dimension(); }
    const TimeGrid& grid() const override { return grid_; }
    double unit() const override { return std::sqrt(prior_->data_variance()); }
    double input_scale(int64_t k) const override {
        return 1 / std::sqrt(sigma(k) * sigma(k) + prior_->data_variance());
    }
    double gain(int64_t k) const override {
        return (1 - keep(k)) * std::sqrt(denoised_variance(sigma(k), prior_->data_variance()));
    }
    double sigma(int64_t k) const override { return schedule_.at(k); }
    int64_t calls() const override { return schedule_.steps(); }
    std::optional<Bridge> bridge(int64_t k) const override { return Bridge{1, sigma(k), keep(k), 1 - keep(k)}; }

    void start(torch::Tensor& x, const Random& random) const override {
        random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
        x.mul_(schedule_.at(0));
    }
    torch::Tensor mean(int64_t k, const torch::Tensor& x) const override {
        return at::lerp(denoised(k, x), x, keep(k));
    }
    torch::Tensor pullback(int64_t k, const torch::Tensor& x, const torch::Tensor& w) const override {
        return w * keep(k) + through_denoiser(k, x, w) * (1 - keep(k));
    }
    torch::Tensor backward(int64_t k, const torch::Tensor& next, const torch::Tensor& noise) const override {
        return next + noise * std::sqrt(sigma(k) * sigma(k) - sigma(k + 1) * sigma(k + 1));
    }
    torch::Tensor clean(const torch::Tensor& last) const override { return denoised(steps(), last); }
    torch::Tensor clean_pullback(const torch::Tensor& last, const torch::Tensor& w) const override {
        return through_denoiser(steps(), last, w);
    }

private:
    double keep(int64_t k) const { return keep_factor(schedule_.at(k), schedule_.at(k + 1), std::sqrt(variance(k))); }
    torch::Tensor denoised(int64_t k, const torch::Tensor& x) const {
        return rows_.out(prior_->denoise(rows_.in(x), sigma(k)));
    }
    torch::Tensor through_denoiser(int64_t k, const torch::Tensor& x, const torch::Tensor& w) const {
        return rows_.out(prior_->linearise(rows_.in(x), sigma(k)).pullback(rows_.in(w)));
    }

    std::shared_ptr<const Prior> prior_;
    Rows rows_;
    Schedule schedule_;
    TimeGrid grid_;
};

}  // namespace

std::shared_ptr<const Reference> frozen_prior(std::shared_ptr<const Prior> prior, const Schedule& schedule) {
    if (schedule.steps() < 2) {
        throw UserError(
            "'schedule.steps' is " + std::to_string(schedule.steps()) +
            ", but a sampler that is trained against the prior needs at least 2: the last one has no noise");
    }
    return std::make_shared<const FrozenPrior>(std::move(prior), schedule);
}

}  // namespace drift
