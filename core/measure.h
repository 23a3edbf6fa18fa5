// The numbers of a state and those at the end of a run.
#pragma once

#include "core/frame.h"
#include "core/metrics.h"
#include "core/sampler.h"
#include "core/scene.h"

#include <memory>
#include <vector>

namespace drift {

/// log p_sigma of a mixture at a few points, without LibTorch: quick enough for every state.
class PriorDensity {
public:
    explicit PriorDensity(const GaussianMixture& mixture);
    /// The mean over rows [n, d] in float64; NaN for none.
    double mean_log_density(const torch::Tensor& rows, double sigma) const;

private:
    double log_joint(size_t j, const double* x, double variance, std::vector<double>& apart) const;

    size_t dimension_;
    std::vector<double> log_weights_;  // [J]
    std::vector<double> means_;        // [J * d]
    std::vector<double> variances_;    // [J * d], of the axes
    std::vector<double> axes_;         // [J * d * d], one a row; empty where they are those of the coordinates
};

/// The numbers of a state that take a look at its particles: in noise space at the data that it shows. Belongs to a
/// task; cheap beside a step.
class StateMeasure {
public:
    StateMeasure() = default;
    explicit StateMeasure(const Task& task);
    void complete(State& state) const;

private:
    std::shared_ptr<const PriorDensity> density_;  // null where the prior has no closed form, or one too large
    std::shared_ptr<const Decoder> decoder_;
};

/// What a state in data space says, `task` as it is sampled: evidence, effective sample size, and distances to the
/// exact posterior where there is one.
Summary measure(const Task& task, const Traits& traits, const Scene& scene, const State& state,
                const Cancelled& cancelled = {});

}  // namespace drift
