#include "app/gl/objects.h"

#include "core/error.h"

#include <string>

namespace drift::gl {

void load_functions() {
    static bool loaded = false;
    if (loaded) {
        return;
    }
    if (glad_glGenFramebuffers == nullptr && gladLoadGL() == 0) {
        throw RunError("OpenGL could not be loaded: no libGL was found on this system");
    }
    if (GLAD_GL_VERSION_3_3 == 0) {
        const auto text = [](GLenum name) {
            const GLubyte* value = glGetString(name);
            return value == nullptr ? std::string("unknown") : std::string(reinterpret_cast<const char*>(value));
        };
        throw RunError("OpenGL 3.3 is needed to show particles and pictures, and this driver offers version " +
                       text(GL_VERSION) + " (" + text(GL_RENDERER) + ")");
    }
    loaded = true;
}

namespace {

void set_sampling(GLint filter) {
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

void check_complete() {
    const GLenum status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
    if (status != GL_FRAMEBUFFER_COMPLETE) {
        throw RunError("OpenGL refused a picture to draw into (status " + std::to_string(status) + ")");
    }
}

/// Binds what was bound before again when it goes.
class KeepBindings {
public:
    KeepBindings() {
        glGetIntegerv(GL_FRAMEBUFFER_BINDING, &framebuffer_);
        glGetIntegerv(GL_TEXTURE_BINDING_2D, &texture_);
    }
    ~KeepBindings() {
        glBindFramebuffer(GL_FRAMEBUFFER, static_cast<GLuint>(framebuffer_));
        glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(texture_));
    }
    KeepBindings(const KeepBindings&) = delete;
    KeepBindings& operator=(const KeepBindings&) = delete;

private:
    GLint framebuffer_ = 0;
    GLint texture_ = 0;
};

}  // namespace

void Canvas::resize(int width, int height, int samples) {
    GLint most = 0;
    glGetIntegerv(GL_MAX_SAMPLES, &most);
    samples = samples > most ? most : samples;
    if (width == width_ && height == height_ && samples == samples_) {
        return;
    }
    const KeepBindings keep;
    texture_ = make<Texture>(glGenTextures);
    glBindTexture(GL_TEXTURE_2D, texture_.name());
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    set_sampling(GL_LINEAR);
    target_ = make<Framebuffer>(glGenFramebuffers);
    glBindFramebuffer(GL_FRAMEBUFFER, target_.name());
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_.name(), 0);
    check_complete();
    many_ = {};
    many_colours_ = {};
    if (samples > 1) {
        many_colours_ = make<Renderbuffer>(glGenRenderbuffers);
        glBindRenderbuffer(GL_RENDERBUFFER, many_colours_.name());
        glRenderbufferStorageMultisample(GL_RENDERBUFFER, samples, GL_RGBA8, width, height);
        many_ = make<Framebuffer>(glGenFramebuffers);
        glBindFramebuffer(GL_FRAMEBUFFER, many_.name());
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, many_colours_.name());
        check_complete();
    }
    width_ = width;
    height_ = height;
    samples_ = samples;
}

Canvas::Scope::Scope(Canvas& canvas) : canvas_(canvas) {
    glGetIntegerv(GL_FRAMEBUFFER_BINDING, &framebuffer_);
    glGetIntegerv(GL_VIEWPORT, viewport_);
    glBindFramebuffer(GL_FRAMEBUFFER, canvas.many_ ? canvas.many_.name() : canvas.target_.name());
    glViewport(0, 0, canvas.width_, canvas.height_);
    glDisable(GL_SCISSOR_TEST);
    glClearColor(0, 0, 0, 0);
    glClear(GL_COLOR_BUFFER_BIT);
}

Canvas::Scope::~Scope() {
    if (canvas_.many_) {
        const int w = canvas_.width_;
        const int h = canvas_.height_;
        glBindFramebuffer(GL_READ_FRAMEBUFFER, canvas_.many_.name());
        glBindFramebuffer(GL_DRAW_FRAMEBUFFER, canvas_.target_.name());
        glBlitFramebuffer(0, 0, w, h, 0, 0, w, h, GL_COLOR_BUFFER_BIT, GL_NEAREST);
    }
    glBindFramebuffer(GL_FRAMEBUFFER, static_cast<GLuint>(framebuffer_));
    glViewport(viewport_[0], viewport_[1], viewport_[2], viewport_[3]);
}

void PixelTexture::upload(int width, int height, int channels, const unsigned char* pixels, Filter filter) {
    const KeepBindings keep;
    const GLenum format = channels == 1 ? GL_RED : GL_RGBA;
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    if (width == width_ && height == height_ && channels == channels_) {
        glBindTexture(GL_TEXTURE_2D, texture_.name());
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, format, GL_UNSIGNED_BYTE, pixels);
    } else {
        texture_ = make<Texture>(glGenTextures);
        glBindTexture(GL_TEXTURE_2D, texture_.name());
        const GLint kind = channels == 1 ? GL_R8 : GL_RGBA8;
        glTexImage2D(GL_TEXTURE_2D, 0, kind, width, height, 0, format, GL_UNSIGNED_BYTE, pixels);
        if (channels == 1) {
            const GLint grey[4] = {GL_RED, GL_RED, GL_RED, GL_ONE};
            glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, grey);
        }
        width_ = width;
        height_ = height;
        channels_ = channels;
    }
    set_sampling(filter == Filter::Nearest ? GL_NEAREST : GL_LINEAR);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
}

int max_texture_size() {
    GLint size = 0;
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &size);
    return size;
}

}  // namespace drift::gl
