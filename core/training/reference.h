// The process that a policy is measured against and that it starts as: what a trajectory would do without the reward.
// One implementation per file in core/training/references/. trained_samplers.md 1.3, 1.5, 1.6 and 8.1.
#pragma once

#include "core/problem.h"
#include "core/random.h"
#include "core/schedule.h"
#include "core/torch.h"
#include "core/training/time_grid.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace drift {

/// What x_k says of the end, and the end of the next place: a reference is Gaussian once its end is given,
///
///     scale x_k = x_T + sigma n,   E[x_{k+1} | x_k, x_T] = kept x_k + share x_T
///
/// x_T being the clean sample. A shift of the mean of step k is thus `share` times one of the expected end.
struct Bridge {
    double scale = 1, sigma = 0;
    double kept = 0, share = 1;
};

/// x_{k+1} ~ N(mean(k, x_k), v_k I) for k < T, on rows [n, d]. Immutable; safe to share between threads. What is
/// known of a row depends on the row alone.
class Reference {
public:
    /// What its way back from the end is: Brownian motion from one point, one that keeps N(0, I), or noising.
    enum class Kind { Brownian, Stationary, Diffusion };

    virtual ~Reference() = default;
    virtual int64_t dimension() const = 0;  ///< d
    virtual const TimeGrid& grid() const = 0;
    int64_t steps() const { return grid().steps(); }
    double variance(int64_t k) const { return grid().at(k); }

    /// The length that particles are measured in, so that networks see and say numbers near one.
    virtual double unit() const = 0;
    /// What x_k is multiplied by for the network.
    virtual double input_scale(int64_t k) const = 0;
    /// What the network's answer is multiplied by to be added to the mean of step k.
    virtual double gain(int64_t k) const = 0;
    /// The noise level of x_k where the process is one of diffusion, else 0.
    virtual double sigma(int64_t /*k*/) const { return 0; }

    /// Nothing where x_k says nothing, as in the one point that Brownian motion starts from.
    virtual std::optional<Bridge> bridge(int64_t /*k*/) const { return std::nullopt; }

    /// Draws x_0 [n, d]; row i depends on (seed, i) alone.
    virtual void start(torch::Tensor& x, const Random& random) const = 0;
    virtual torch::Tensor mean(int64_t k, const torch::Tensor& x) const = 0;
    /// f where mean(k, x) = f x at all x, which is for all steps or for none.
    virtual std::optional<double> mean_factor(int64_t /*k*/) const { return std::nullopt; }
    /// J^T w with J = d mean(k, x) / dx.
    virtual torch::Tensor pullback(int64_t k, const torch::Tensor& x, const torch::Tensor& w) const = 0;
    /// x_k given x_{k+1}, from standard normals [n, d]: the reference backwards, or for a prior that is only a network
    /// its noising process.
    virtual torch::Tensor backward(int64_t k, const torch::Tensor& next, const torch::Tensor& noise) const = 0;

    /// The sample that a trajectory ends in, by steps without noise that policy and reference share.
    virtual torch::Tensor clean(const torch::Tensor& last) const { return last; }
    virtual torch::Tensor clean_pullback(const torch::Tensor& /*last*/, const torch::Tensor& w) const { return w; }
    /// Denoiser calls a particle of one trajectory.
    virtual int64_t calls() const { return 0; }
    /// Denoiser calls that it has cost so far, over all rows, where they are counted.
    virtual int64_t counted() const { return 0; }
    virtual Kind kind() const = 0;
};

/// Brownian motion of variance sigma^2 t from 0 at t = 0. Its marginal at the end is N(0, sigma^2 I).
std::shared_ptr<const Reference> pinned_brownian(int64_t dimension, double sigma_squared, int64_t steps);

/// That of a Brownian motion of variance sigma^2 t, whatever its end is drawn from.
std::optional<Bridge> brownian_bridge(double sigma_squared, int64_t k, int64_t steps);

/// The same process with its calls counted. Only that number ever changes.
std::shared_ptr<const Reference> counted_reference(std::shared_ptr<const Reference> reference);

/// x' = sqrt(1 - b) x + sqrt(b) n from N(0, I), which it keeps exactly at any number of steps.
std::shared_ptr<const Reference> stationary_reference(int64_t dimension, TimeGrid grid);

/// The Brownian motion from 0 that ends in the prior instead: Doob's transform, with the drift (E[x_1 | x_t] - x) /
/// (1 - t) from the prior's denoiser, in Euler steps.
std::shared_ptr<const Reference> brownian_to_prior(std::shared_ptr<const Prior> prior, double sigma_squared,
                                                   int64_t steps);

/// Ancestral sampling of a diffusion prior along a schedule. Its last step, to the denoised prediction, has no noise
/// and is shared. Throws UserError for a schedule with a single step.
std::shared_ptr<const Reference> frozen_prior(std::shared_ptr<const Prior> prior, const Schedule& schedule);

}  // namespace drift
