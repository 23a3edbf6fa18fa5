#include "app/gl/graphics.h"

#include "app/panels/panels.h"

namespace drift {

std::shared_ptr<Graphics> make_graphics(bool gl) {
    auto graphics = std::make_shared<Graphics>();
    graphics->gl = gl;
    return graphics;
}

void render_pictures(Graphics& graphics) {
    if (graphics.gl && graphics.data.points != nullptr) {
        graphics.data.points->render();
    }
}

}  // namespace drift
