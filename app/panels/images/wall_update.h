// Brings the textures and the order of the wall up to date with the frame that is shown; cheap where nothing changed.
#pragma once

#include "app/panels/images/wall.h"
#include "app/panels/panels.h"

#include <vector>

namespace drift {

inline constexpr int64_t most_pictures = 4096;

/// Everything that the wall draws in this frame.
void update_wall(const PanelContext& context, Wall& wall, const PhaseStage& stage, bool gl);

/// Uploads the pictures of one kind unless the texture holds them already. `values` are those of the frame; nothing
/// happens where they are empty or without OpenGL.
void ensure_texture(const PanelContext& context, WallTexture& texture, const Frame& frame,
                    const std::vector<float>& values, bool gl);

}  // namespace drift
