// When a method resamples, by its parameters. Plain values, free of ImGui.
#pragma once

#include "core/catalog.h"

#include <optional>

namespace drift {

/// The share of the particles below which the ESS has to fall; none where that is not asked.
std::optional<double> resampling_threshold(const Choice& sampler);

/// Whether it resamples after every step, whatever the weights are.
bool resamples_always(const Choice& sampler);

}  // namespace drift
