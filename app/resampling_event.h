// One resampling of a recording: who drew whom. Plain values, free of ImGui.
#pragma once

#include "core/recording.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace drift {

struct ResamplingEvent {
    int64_t step = 0;      // the state that is marked as resampled
    int64_t parents = 0;   // the state that they belong to
    int64_t children = 0;  // likewise
    /// [n] of the parents, normalised. Empty for waste-free chains: fewer are drawn there than the particles that come
    /// of them.
    std::vector<float> weights;
    std::vector<int32_t> ancestors;  // [n] of the children
    std::vector<int32_t> counts;     // [n] children of each parent
    int64_t survivors = 0;           // parents with children
    int32_t largest_family = 0;
};

/// Whether state `step` was resampled and its children are recorded, found without looking at particles.
bool has_resampling(const Recording& recording, int64_t step);

/// The resampling at state `step`; none where there was none or its children are not recorded yet.
std::optional<ResamplingEvent> resampling_at(const Recording& recording, int64_t step);

/// The nearest resampled state at or before `step`, or -1; after it with `direction` 1, before it with -1.
int64_t resampled_state(const Recording& recording, int64_t step, int direction = 0);

/// Whether the scheme that the scenario has now is the one that drew this event; `drawn` are the counts that it draws
/// from the same weights. After a live change the scenario is no longer that of earlier states: only a draw that comes
/// out the same tells then. Without one it need not, as the run has its weights in more digits and may sort its places.
bool drawn_by_run(const Recording& recording, const ResamplingEvent& event, const std::vector<int32_t>& drawn);

/// Parents from the heaviest, or where weights are not known from the one with most children, to the lightest; at most
/// so many. Equal ones by slot.
std::vector<int32_t> heaviest_parents(const ResamplingEvent& event, size_t most);

/// The children of these parents: one family after the other, each by slot.
std::vector<int32_t> children_of(const ResamplingEvent& event, const std::vector<int32_t>& parents);

}  // namespace drift
