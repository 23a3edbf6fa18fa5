// log p = y log mu - mu - lgamma(y + 1), mu = max(gain v, floor), v = u + offset. The proximal point solves a quadratic
// on the side where the rate is above its floor: v^2 + (r^2 gain - v0) v - r^2 y = 0, the positive root.

#include "core/noise_models/noise_model.h"

#include <cmath>

namespace drift {
namespace {

class Poisson final : public NoiseModel {
public:
    Poisson(double gain, double floor, double offset) : gain_(gain), floor_(floor), offset_(offset) {}

    /// The least count that a uniform number does not exceed in distribution, by bisection.
    torch::Tensor draw(const torch::Tensor& u, const Random& random) const override {
        const torch::Tensor mu = rate(u.to(torch::kFloat64));
        const torch::Tensor uniform = 0.5 * at::erfc(-normals(u, random, 0) * std::sqrt(0.5));
        torch::Tensor low = torch::zeros_like(mu);
        torch::Tensor high = (mu + 20 * mu.sqrt() + 40).ceil();
        while ((high > low).any().item<bool>()) {
            const torch::Tensor middle = ((low + high) / 2).floor();
            const torch::Tensor enough = at::special_gammaincc(middle + 1, mu) >= uniform;  // P(count <= middle)
            high = at::where(enough, middle, high);
            low = at::where(enough, low, at::minimum(middle + 1, high));
        }
        return low;
    }
    torch::Tensor middle(const torch::Tensor& y) const override { return y / gain_ - offset_; }
    torch::Tensor proxy_variance(const torch::Tensor& y, const torch::Tensor& u) const override {
        const torch::Tensor counts = y.to(torch::kFloat64).clamp_min(1) / (gain_ * gain_);
        return counts.expand(u.sizes());
    }
    torch::Tensor proximal(const torch::Tensor& y, const torch::Tensor& v, double variance) const override {
        const torch::Tensor counts = y.to(torch::kFloat64);
        const torch::Tensor from = v.to(torch::kFloat64) + offset_;
        const torch::Tensor half = (from - variance * gain_) / 2;
        const torch::Tensor product = counts * variance;
        const torch::Tensor root = (half.square() + product).sqrt();
        // for half < 0 the root by the other one: half + root would cancel
        const torch::Tensor above = at::where(half.gt(0), half + root, product / (root - half).clamp_min(1e-300));
        const torch::Tensor best = above.clamp_min(floor_ / gain_);
        // Below the floor the likelihood is flat: there the start itself competes.
        const auto cost = [&](const torch::Tensor& place) {
            return (place - from).square() / (2 * variance) - log_densities(counts, place - offset_);
        };
        const torch::Tensor stays = from.lt(floor_ / gain_).logical_and(cost(from) <= cost(best));
        return at::where(stays, from, best) - offset_;
    }
    double gain() const override { return gain_; }
    bool takes_negative() const override { return false; }

private:
    torch::Tensor rate(const torch::Tensor& u) const { return ((u + offset_) * gain_).clamp_min(floor_); }

    torch::Tensor log_densities(const torch::Tensor& y, const torch::Tensor& u) const override {
        const torch::Tensor mu = rate(u);
        return y * mu.log() - mu - at::lgamma(y + 1);
    }
    torch::Tensor slopes(const torch::Tensor& y, const torch::Tensor& u) const override {
        const torch::Tensor slope = (y / rate(u) - 1) * gain_;
        return at::where(((u + offset_) * gain_).gt(floor_), slope, torch::zeros_like(slope));
    }

    double gain_;
    double floor_;
    double offset_;
};

}  // namespace

std::shared_ptr<const NoiseModel> poisson_noise(double gain, double floor, double offset) {
    return std::make_shared<const Poisson>(gain, floor, offset);
}

}  // namespace drift
