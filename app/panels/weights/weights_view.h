// What the panels of weights and of resampling keep from one frame to the next: results for one state.
#pragma once

#include "app/panels/followed.h"
#include "app/panels/frame_key.h"
#include "app/resampling_event.h"
#include "app/weight_shape.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drift {

struct WeightsView {
    FrameKey frame;
    WeightShape shape;
    WeightShape children;  // of the counts of the resampling at this state; count is 0 where there was none
    Followed followed;
    std::vector<float> marked;       // weights of those who are followed
    std::vector<LorenzPoint> marks;  // their places on the curve
};

/// What one scheme makes of the weights.
struct SchemeDraw {
    std::string name;
    bool of_run = false;  // the scheme that drew the event, as far as is known
    std::vector<int32_t> counts;
    double variance = 0;  // sum over the parents of Var[N_i]
    int64_t died = 0;
};

struct ResamplingView {
    uint64_t recording = 0;
    int64_t step = -1;  // of the event
    std::optional<ResamplingEvent> event;
    std::vector<int32_t> parents;   // that are shown, the heaviest first
    std::vector<int32_t> children;  // of these, in the order of their parents
    Followed followed_parents, followed_children;
    std::vector<SchemeDraw> schemes;
};

}  // namespace drift
