// The numbers of a state and those at the end of a run.
#pragma once

#include "core/frame.h"
#include "core/metrics.h"
#include "core/sampler.h"
#include "core/scene.h"

#include <memory>
#include <vector>

namespace drift {

class KernelMixture;

/// log p_sigma of a mixture at a few points: quick enough for every state.
class PriorDensity {
public:
    explicit PriorDensity(const GaussianMixture& mixture);
    /// The mean over rows [n, d] in float64 on the host; NaN for none.
    double mean_log_density(const torch::Tensor& rows, double sigma) const;

private:
    std::shared_ptr<const KernelMixture> kernel_;
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
