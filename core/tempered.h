// Samplers that learn may aim at a power of the likelihood or reward: at prior * r^power (trained_samplers.md 1.7).
// What is exactly known of their task is then of that.
#pragma once

#include "core/sampler.h"

#include <memory>

namespace drift {

/// log r^power. A measurement that is linear with Gaussian noise is one with another noise, up to a constant.
std::shared_ptr<const Condition> tempered(std::shared_ptr<const Condition> condition, double power);

/// The same task, with exact posteriors, draws and log Z of the power in place of those of r itself. What particles are
/// told is r as it was.
Task known_for_power(Task task, double power);

}  // namespace drift
