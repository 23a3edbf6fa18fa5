// Drawing the pictures of the wall with their frames and weights.
#pragma once

#include "app/panels/images/wall.h"
#include "app/panels/panels.h"

#include <imgui.h>

#include <cstddef>

namespace drift {

/// Everything that drawing one frame of the wall needs.
struct WallScene {
    PanelContext& context;
    Wall& wall;
    const PhaseStage& stage;
    const Frame& frame;  // of the stage
    PictureShape shape;
    bool gl = false;
    bool weighted = false;
    float most_weight = 0;
};

/// Pixels stay squares at every size: Dear ImGui's own sampler would smooth them.
class SharpPixels {
public:
    explicit SharpPixels(bool gl) : gl_(gl) { ask(ImGui::GetPlatformIO().DrawCallback_SetSamplerNearest); }
    ~SharpPixels() { ask(ImGui::GetPlatformIO().DrawCallback_SetSamplerLinear); }
    SharpPixels(const SharpPixels&) = delete;
    SharpPixels& operator=(const SharpPixels&) = delete;

private:
    void ask(ImDrawCallback callback) const {
        if (gl_ && callback != nullptr) {
            ImGui::GetWindowDrawList()->AddCallback(callback);
        }
    }

    bool gl_;
};

void draw_picture(const WallScene& scene, const WallTexture& source, size_t particle, const ImVec2& from,
                  const ImVec2& to);

/// The tiles that can be seen, on a wall at that corner and of that size.
void draw_tiles(const WallScene& scene, const ImVec2& origin, const ImVec2& size);

}  // namespace drift
