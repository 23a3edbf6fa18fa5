// The numbers at the end of a run.
#pragma once

#include "core/frame.h"
#include "core/metrics.h"
#include "core/sampler.h"
#include "core/scene.h"

namespace drift {

/// What the newest state says: evidence, effective sample size, and distances to the exact posterior where there is
/// one.
Summary measure(const Task& task, const Traits& traits, const Scene& scene, const State& state,
                const Cancelled& cancelled = {});

}  // namespace drift
