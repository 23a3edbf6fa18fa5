// Which pictures the wall shows at a moment, and where: one at every place, or in a resampling those that die and the
// copies on their way. Plain values.
#pragma once

#include "app/panels/data/phase_stage.h"
#include "app/panels/images/wall_layout.h"

#include <cstdint>
#include <vector>

namespace drift {

struct WallTile {
    int32_t particle = 0;  // of the state that is shown
    float weight = 0;
    WallRect place;     // of the picture, on the wall
    float alpha = 1;    // less for those that die
    int32_t alike = 1;  // so many copies are made of it
};

/// `positions` are the particles that hang at the places of the wall; what is to be drawn on top comes last.
std::vector<WallTile> tiles_of(const PhaseStage& stage, const std::vector<int32_t>& positions,
                               const WallLayout& layout);

/// The particle whose picture hangs where that of `particle` does in whole states: once copies are more than half way,
/// its parent.
int32_t pictured_at(const PhaseStage& stage, int32_t particle);

}  // namespace drift
