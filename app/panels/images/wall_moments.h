// Mean and deviation of what the wall shows, phases of a step included. Plain values.
#pragma once

#include "app/panels/data/phase_stage.h"
#include "app/panels/images/wall_pixels.h"

namespace drift {

/// Of the states, or else of the denoised predictions: of pictures that are half way from their parents' there, and
/// with the weights that they have there; in a resampling from weighted parents to children, all of them equal.
PictureMoments moments_of(const PhaseStage& stage, bool of_state, const PictureShape& shape);

}  // namespace drift
