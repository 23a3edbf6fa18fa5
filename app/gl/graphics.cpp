#include "app/gl/graphics.h"

#include "app/panels/panels.h"

namespace drift {

std::shared_ptr<Graphics> make_graphics(bool gl) {
    auto graphics = std::make_shared<Graphics>();
    graphics->gl = gl;
    return graphics;
}

void render_pictures(Graphics& graphics) {
    for (const DataView* pane : {&graphics.data, &graphics.noise}) {
        if (graphics.gl && pane->points != nullptr) {
            pane->points->render();
        }
    }
}

}  // namespace drift
