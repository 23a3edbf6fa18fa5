// The policy gradient of the reward R(x) = exp(log p(y | x) / Z). With the baseline of the others,
//
//     sum_j (R_j - mean_{i != j} R_i) u_j = M / (M - 1) (sum_j R_j u_j - R_mean sum_j u_j),
//
// so that one pass over the samples is enough. With Z = 1 and r_c = r it estimates what PiGDM has in closed form where
// the measurement is linear; with a large Z, the gradient of DPS.

#include "core/exec.h"
#include "core/needs_linear.h"
#include "core/twists/estimated_gradient.h"

#include <ATen/Dispatch.h>

#include <cmath>
#include <limits>

namespace drift {
namespace {

constexpr double least = 1e-3;  // of a reach in units of sqrt(V), and of a temperature, that go by the loss

/// Sums over the samples of each particle, their rewards in units of the largest so far.
struct RewardSums {
    explicit RewardSums(const torch::Tensor& particles)
        : largest(torch::full({particles.size(0)}, -1e300, particles.options().dtype(torch::kFloat64))),
          rewards(torch::zeros_like(largest)),
          moves(torch::zeros_like(particles)),
          rewarded_moves(torch::zeros_like(particles)) {}

    void add(const torch::Tensor& u, const torch::Tensor& log_reward) {
        const torch::Tensor larger = at::maximum(largest, log_reward);
        const torch::Tensor kept = (largest - larger).exp_();
        const torch::Tensor reward = (log_reward - larger).exp_();
        rewards.mul_(kept).add_(reward);
        rewarded_moves.mul_(per_particle(kept, u)).addcmul_(u, per_particle(reward, u));
        moves.add_(u);
        largest = larger;
    }

    torch::Tensor largest;         // [n] log R
    torch::Tensor rewards;         // [n] sum_j R_j
    torch::Tensor moves;           // [n, ...] sum_j u_j
    torch::Tensor rewarded_moves;  // [n, ...] sum_j R_j u_j
};

class PolicyTwist final : public EstimatedGradient {
public:
    PolicyTwist(const Problem& problem, const PolicyGradientOptions& options)
        : EstimatedGradient(problem, options), options_(options) {}

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override {
        EstimatedGradient::evaluate(x, sigma, out);
        if (options_.unit_length) {
            // Each particle by its own norm: a norm over the batch would tie particles together.
            const torch::Tensor length = out.pull.flatten(1).norm(2, 1).clamp_min_(1e-30);
            out.pull.mul_(sigma * sigma).div_(per_particle(length, out.pull));
        }
    }

private:
    torch::Tensor gradient(const Evaluation& out, double reach) const override {
        const bool by_loss = options_.reach_by_loss || options_.temperature <= 0;  // another one for each particle
        return !by_loss && probed_in_kernels(out.denoised) ? gradient_by_kernel(out, reach)
                                                           : gradient_by_values(out, reach);
    }

    torch::Tensor gradient_by_kernel(const Evaluation& out, double reach) const {
        torch::Tensor result = torch::empty_like(out.denoised);
        AT_DISPATCH_FLOATING_TYPES(result.scalar_type(), "policy_gradient", [&] {
            kernels::Probes<scalar_t> samples = probes<scalar_t>(out, options_.samples, reach, result);
            samples.temperature = options_.temperature;
            kernels::policy_gradient(exec_on(result.device()), samples);
        });
        return result;
    }

    torch::Tensor gradient_by_values(const Evaluation& out, double reach) const {
        const torch::Tensor lengths = reaches(out.denoised, reach);    // [n] r_c
        const torch::Tensor temperature = temperatures(out.denoised);  // [n] Z
        const torch::Tensor factor = per_particle(lengths, out.denoised);
        RewardSums sums(out.denoised);
        for_queries(out, options_.samples, [&](const torch::Tensor& u) {
            constexpr double nothing = -std::numeric_limits<double>::infinity();
            const torch::Tensor log_rewards = at::nan_to_num(
                values(at::addcmul(out.denoised, u, factor)).div_(temperature), nothing, nothing, nothing);
            for (int64_t j = 0; j < u.size(0); ++j) {
                sums.add(u[j], log_rewards[j]);
            }
        });
        const auto m = static_cast<double>(options_.samples);
        // Without any reward there is no direction; with some, the largest of them counts as 1.
        const torch::Tensor scale = at::where(sums.rewards > 0, m / (m - 1) * temperature / (lengths * sums.rewards),
                                              torch::zeros_like(sums.rewards));
        return sums.rewarded_moves.addcmul_(sums.moves, per_particle(sums.rewards / m, sums.moves), -1)
            .mul_(per_particle(scale, sums.moves));
    }

    torch::Tensor reaches(const torch::Tensor& denoised, double reach) const {
        const torch::TensorOptions numbers = denoised.options().dtype(torch::kFloat64);
        if (!options_.reach_by_loss) {
            return torch::full({denoised.size(0)}, reach, numbers);
        }
        const auto d = static_cast<double>(denoised.numel() / denoised.size(0));
        return squared_residuals(denoised).sqrt_().div_(2 * std::sqrt(d)).clamp_min_(least * std::sqrt(spread()));
    }

    torch::Tensor temperatures(const torch::Tensor& denoised) const {
        if (options_.temperature > 0) {
            return torch::full({denoised.size(0)}, options_.temperature, denoised.options().dtype(torch::kFloat64));
        }
        const double noise = condition().linear()->noise;
        return squared_residuals(denoised).div_(2 * noise * noise).clamp_min_(least);
    }

    /// |y - A D|^2 [n]
    torch::Tensor squared_residuals(const torch::Tensor& denoised) const {
        const LinearGaussian& measurement = *condition().linear();
        return (measurement.y - measurement.A->forward(denoised.flatten(1))).to(torch::kFloat64).square().sum(1);
    }

    PolicyGradientOptions options_;
};

}  // namespace

std::shared_ptr<const Twist> policy_twist(const Problem& problem, const PolicyGradientOptions& options) {
    if (problem.condition->is_none()) {
        return no_twist(problem);
    }
    if (problem.condition->linear() == nullptr && options.reach_by_loss) {
        throw NeedsLinear(
            "'sampler.reach' is loss, the residual of a linear measurement; this condition takes 'prior'");
    }
    if (problem.condition->linear() == nullptr && options.temperature <= 0) {
        throw NeedsLinear(
            "'sampler.temperature' is auto, the residual of a linear measurement; this condition takes a number above "
            "0");
    }
    return std::make_shared<const PolicyTwist>(problem, options);
}

}  // namespace drift
