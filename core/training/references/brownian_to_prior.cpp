// A prior in sampler time: Brownian motion from 0, conditioned to end in it (trained_samplers.md 6.4). Given x_t the
// end is x_1 ~ p0(x_1) N(x_t / t; x_1, rho), rho = sigma^2 (1 - t) / t, so that its mean is the denoiser's:
//
//     u = (D(x / t, sqrt(rho)) - x) / (1 - t),   x' = x + u Delta + sigma sqrt(Delta) n
//
// Given its end it is the same bridge as plain Brownian motion.

#include "core/training/references/rows.h"

#include <cmath>
#include <utility>

namespace drift {
namespace {

/// Noise that leaves nothing to be seen of the data, in units of their spread.
constexpr double blind = 1e3;

class BrownianToPrior final : public Reference {
public:
    BrownianToPrior(std::shared_ptr<const Prior> prior, double sigma_squared, int64_t steps)
        : prior_(std::move(prior)),
          rows_(*prior_),
          unit_(std::sqrt(sigma_squared)),
          grid_(brownian_grid(sigma_squared, steps)) {}

    Kind kind() const override { return Kind::Brownian; }
    int64_t dimension() const override { return rows_.dimension(); }
    const TimeGrid& grid() const override { return grid_; }
    double unit() const override { return unit_; }
    double input_scale(int64_t) const override { return 1 / unit_; }
    double gain(int64_t) const override { return unit_ / static_cast<double>(steps()); }
    int64_t calls() const override { return steps(); }
    std::optional<Bridge> bridge(int64_t k) const override { return brownian_bridge(unit_ * unit_, k, steps()); }

    void start(torch::Tensor& x, const Random&) const override { x.zero_(); }
    torch::Tensor mean(int64_t k, const torch::Tensor& x) const override {
        return at::lerp(x, rows_.out(prior_->denoise(rows_.in(seen(k, x)), noise(k))), share(k));
    }
    torch::Tensor pullback(int64_t k, const torch::Tensor& x, const torch::Tensor& w) const override {
        const torch::Tensor kept = w * (1 - share(k));
        if (k == 0) {
            return kept;
        }
        const Linearised at_x = prior_->linearise(rows_.in(seen(k, x)), noise(k));
        return kept + rows_.out(at_x.pullback(rows_.in(w))) * (share(k) / grid_.time(k));
    }
    torch::Tensor backward(int64_t k, const torch::Tensor& next, const torch::Tensor& noise) const override {
        const double bridge = static_cast<double>(k) / static_cast<double>(k + 1);
        return next * bridge + noise * std::sqrt(variance(k) * bridge);
    }

private:
    double share(int64_t k) const { return 1 / static_cast<double>(steps() - k); }
    double noise(int64_t k) const {
        const double t = grid_.time(k);
        return k == 0 ? blind * std::sqrt(prior_->data_variance()) : unit_ * std::sqrt((1 - t) / t);
    }
    torch::Tensor seen(int64_t k, const torch::Tensor& x) const {
        return k == 0 ? torch::zeros_like(x) : x / grid_.time(k);
    }

    std::shared_ptr<const Prior> prior_;
    Rows rows_;
    double unit_;
    TimeGrid grid_;
};

}  // namespace

std::shared_ptr<const Reference> brownian_to_prior(std::shared_ptr<const Prior> prior, double sigma_squared,
                                                   int64_t steps) {
    return std::make_shared<const BrownianToPrior>(std::move(prior), sigma_squared, steps);
}

}  // namespace drift
