// Who a particle, or a set of them, is at another state: followed through the ancestors of a recording.
#pragma once

#include "app/view.h"

#include "core/recording.h"

#include <cstdint>
#include <vector>

namespace drift {

/// Whether this particle is one of the recording.
bool is_recorded(const Recording& recording, const ParticleRef& particle);

/// The first ancestor of every particle of that state.
std::vector<int32_t> first_ancestors(const Recording& recording, int64_t step);

/// The ancestors of a brushed set in an earlier state, its descendants in a later one; in rising order.
std::vector<int32_t> brushed_at(const Recording& recording, const Brush& brush, int64_t step);

/// The same for one particle, which is nobody where it is not of the recording.
std::vector<int32_t> kin_at(const Recording& recording, const ParticleRef& particle, int64_t step);

}  // namespace drift
