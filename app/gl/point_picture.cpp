#include "app/gl/point_picture.h"

#include "app/gl/shaders.h"

#include <utility>

namespace drift {
namespace {

GLuint at(size_t offset) {
    return static_cast<GLuint>(offset);
}

const void* pointer(size_t offset) {
    return reinterpret_cast<const void*>(offset);  // how OpenGL takes an offset into a buffer
}

/// What we change of the state that others may rely on, and put back.
class KeepState {
public:
    KeepState() {
        glGetIntegerv(GL_CURRENT_PROGRAM, &program_);
        glGetIntegerv(GL_VERTEX_ARRAY_BINDING, &array_);
        glGetIntegerv(GL_ARRAY_BUFFER_BINDING, &buffer_);
        blend_ = glIsEnabled(GL_BLEND);
    }
    ~KeepState() {
        glUseProgram(static_cast<GLuint>(program_));
        glBindVertexArray(static_cast<GLuint>(array_));
        glBindBuffer(GL_ARRAY_BUFFER, static_cast<GLuint>(buffer_));
        if (blend_ == GL_FALSE) {
            glDisable(GL_BLEND);
        }
        glDisable(GL_PROGRAM_POINT_SIZE);
    }
    KeepState(const KeepState&) = delete;
    KeepState& operator=(const KeepState&) = delete;

private:
    GLint program_ = 0, array_ = 0, buffer_ = 0;
    GLboolean blend_ = GL_FALSE;
};

}  // namespace

PointPicture::PointPicture() {
    gl::load_functions();
    program_ = gl::load_program("points");
    array_ = gl::make<gl::VertexArray>(glGenVertexArrays);
    buffer_ = gl::make<gl::Buffer>(glGenBuffers);
    const KeepState keep;
    glBindVertexArray(array_.name());
    glBindBuffer(GL_ARRAY_BUFFER, buffer_.name());
    const GLsizei stride = sizeof(CloudVertex);
    glVertexAttribPointer(at(0), 2, GL_FLOAT, GL_FALSE, stride, pointer(offsetof(CloudVertex, x)));
    glVertexAttribPointer(at(1), 4, GL_UNSIGNED_BYTE, GL_TRUE, stride, pointer(offsetof(CloudVertex, colour)));
    glVertexAttribPointer(at(2), 1, GL_FLOAT, GL_FALSE, stride, pointer(offsetof(CloudVertex, radius)));
    for (GLuint index = 0; index < 3; ++index) {
        glEnableVertexAttribArray(index);
    }
}

void PointPicture::show(const Cloud& cloud) {
    waiting_ = &cloud;
    changed_ = true;
}

void PointPicture::look(const CloudView& view) {
    canvas_.resize(view.width, view.height, view.samples);
    changed_ = changed_ || !(view == view_);
    view_ = view;
}

void PointPicture::upload(const Cloud& cloud) {
    glBindBuffer(GL_ARRAY_BUFFER, buffer_.name());
    const size_t bytes = cloud.vertices.size() * sizeof(CloudVertex);
    if (bytes > capacity_) {
        capacity_ = bytes + bytes / 4;
    }
    // Orphaning hands the driver a fresh block, so that it never waits for the previous picture.
    glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(capacity_), nullptr, GL_STREAM_DRAW);
    glBufferSubData(GL_ARRAY_BUFFER, 0, static_cast<GLsizeiptr>(bytes), cloud.vertices.data());
    lines_ = cloud.line_vertices;
    dots_ = cloud.vertices.size() - cloud.line_vertices;
}

void PointPicture::render() {
    if (!changed_ || canvas_.width() == 0) {
        return;
    }
    const CloudView& view = view_;
    const KeepState keep;
    if (waiting_ != nullptr) {
        upload(*std::exchange(waiting_, nullptr));
    }
    const gl::Canvas::Scope scope(canvas_);
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);  // premultiplied colours
    glEnable(GL_PROGRAM_POINT_SIZE);
    glUseProgram(program_.name());
    const auto place = [this](const char* name) { return glGetUniformLocation(program_.name(), name); };
    glUniform2f(place("view_centre"), static_cast<float>((view.x_min + view.x_max) / 2),
                static_cast<float>((view.y_min + view.y_max) / 2));
    glUniform2f(place("view_scale"), static_cast<float>(2 / (view.x_max - view.x_min)),
                static_cast<float>(2 / (view.y_max - view.y_min)));
    glUniform1f(place("pixel_ratio"), view.pixel_ratio);
    glUniform3fv(place("rim"), 1, view.rim);
    glBindVertexArray(array_.name());
    glUniform1i(place("round_dots"), 0);
    glDrawArrays(GL_LINES, 0, static_cast<GLsizei>(lines_));
    glUniform1i(place("round_dots"), 1);
    glDrawArrays(GL_POINTS, static_cast<GLint>(lines_), static_cast<GLsizei>(dots_));
    changed_ = false;
}

}  // namespace drift
