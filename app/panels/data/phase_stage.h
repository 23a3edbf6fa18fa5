// What a phase of a step looks like: whose particles are shown, how far they have come, and whose weights they carry.
// Plain values.
#pragma once

#include "app/panels/data/contours.h"
#include "app/panels/data/moment.h"
#include "app/resampling_event.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace drift {

struct PhaseStage {
    int64_t step = 0;                             // whose particles are shown
    const Frame* now = nullptr;                   // they
    const Frame* before = nullptr;                // where their parents are, or null
    float travel = 1;                             // of the way from there
    float weigh = 1;                              // likewise of the weights
    const std::vector<float>* weights = nullptr;  // where the weights go, where that is not now->weights

    // Resampling: what is shown are parents, and their children leave them
    std::optional<ResamplingEvent> split;
    float apart = 0;  // how far the children are out
    float fade = 0;   // of those without children
};

/// Of any moment, phase or not.
PhaseStage stage_of(const Recording& recording, const CloudMoment& moment);

/// The particle of `before` that particle `i` comes from.
size_t parent_of(const PhaseStage& stage, size_t i);

/// The weights of the particles shown, on their way from one state to the next; equal ones where there are none.
void weigh(const PhaseStage& stage, std::vector<float>& weights);

/// Where child number `child` of a family of that size is drawn beside its parent, in units of the distance between
/// neighbours: (0, 0) for an only child.
PlanePoint sibling_offset(int32_t child, int32_t family);

}  // namespace drift
