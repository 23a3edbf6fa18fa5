// Samplers that learn may aim at a power of the likelihood or reward: at prior * r^power (trained_samplers.md 1.7).
#pragma once

#include "core/problem.h"

#include <memory>

namespace drift {

/// log r^power; the condition itself for a power of 1. What is exactly known of a measurement that is linear with
/// Gaussian noise is known of its powers.
std::shared_ptr<const Condition> tempered(std::shared_ptr<const Condition> condition, double power);

}  // namespace drift
