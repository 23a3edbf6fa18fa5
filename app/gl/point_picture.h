// The picture of a cloud: lines and dots drawn by our own program into a texture. One upload for each change of what is
// shown, one drawing for each change of how it is looked at; nothing in frames where neither changed. Building the
// interface only says what is wanted and render() does it when the frame is rasterised, because a software OpenGL
// rasterises within the call.
#pragma once

#include "app/gl/objects.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace drift {

/// One end of a line, or a dot. `colour` is ImU32; the radius is in pixels, negative for a hollow dot.
struct CloudVertex {
    float x = 0, y = 0;
    uint32_t colour = 0;
    float radius = 0;
};

/// What a picture of a cloud holds: pairs of line ends, drawn first, then dots.
struct Cloud {
    std::vector<CloudVertex> vertices;
    size_t line_vertices = 0;  // the first so many; the others are dots
};

/// The part of the plane that is looked at, and the pixels it falls on.
struct CloudView {
    double x_min = 0, x_max = 1, y_min = 0, y_max = 1;
    int width = 0, height = 0;
    float pixel_ratio = 1;
    float rim[3] = {0, 0, 0};
    int samples = 4;

    bool operator==(const CloudView&) const = default;
};

class PointPicture {
public:
    /// Throws RunError where OpenGL or the shader files do not allow it.
    PointPicture();

    /// Shows this cloud from the next render() on; it stays with the caller and is read then.
    void show(const Cloud& cloud);
    /// Looks at it like that from the next render() on. The texture is there at once.
    void look(const CloudView& view);
    /// Uploads and draws where something has changed since the last time.
    void render();
    GLuint texture() const { return canvas_.texture(); }

private:
    void upload(const Cloud& cloud);

    gl::Program program_;
    gl::VertexArray array_;
    gl::Buffer buffer_;
    gl::Canvas canvas_;
    size_t capacity_ = 0;
    const Cloud* waiting_ = nullptr;  // to be uploaded
    size_t lines_ = 0;
    size_t dots_ = 0;
    bool changed_ = true;  // since it was drawn
    CloudView view_;
};

}  // namespace drift
