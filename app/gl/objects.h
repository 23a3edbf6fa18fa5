// OpenGL 3.3 core objects that delete themselves. Create, use and destroy them on the interface thread with its context
// current; moving one leaves nothing behind to delete.
#pragma once

#include <glad/glad.h>

#include <cstddef>
#include <string>
#include <utility>

namespace drift::gl {

/// Makes the functions of OpenGL callable. Throws RunError below version 3.3, naming the version and the driver.
void load_functions();

// OpenGL deletes most of its objects by the list and programs one at a time.
inline void release(void (*of_list)(GLsizei, const GLuint*), GLuint name) {
    of_list(1, &name);
}
inline void release(void (*of_one)(GLuint), GLuint name) {
    of_one(name);
}

/// Owns one GL name, released by the function behind Delete; 0 is none.
template <auto& Delete>
class Object {
public:
    Object() = default;
    explicit Object(GLuint name) : name_(name) {}
    ~Object() { reset(); }
    Object(Object&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
    Object& operator=(Object&& other) noexcept {
        if (this != &other) {
            reset();
            name_ = std::exchange(other.name_, 0);
        }
        return *this;
    }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    GLuint name() const { return name_; }
    explicit operator bool() const { return name_ != 0; }

private:
    void reset() {
        if (name_ != 0) {
            release(Delete, std::exchange(name_, 0));
        }
    }

    GLuint name_ = 0;
};

using Buffer = Object<glDeleteBuffers>;
using VertexArray = Object<glDeleteVertexArrays>;
using Texture = Object<glDeleteTextures>;
using Framebuffer = Object<glDeleteFramebuffers>;
using Renderbuffer = Object<glDeleteRenderbuffers>;
using Program = Object<glDeleteProgram>;
using Shader = Object<glDeleteShader>;

/// make<Texture>(glGenTextures)
template <class Owner>
Owner make(void (*generate)(GLsizei, GLuint*)) {
    GLuint name = 0;
    generate(1, &name);
    return Owner(name);
}

/// A colour texture to draw into and to show. With `samples` > 1 it is drawn multisampled and resolved afterwards.
class Canvas {
public:
    /// Nothing happens where size and samples are the same. Throws RunError when the driver refuses.
    void resize(int width, int height, int samples);
    int width() const { return width_; }
    int height() const { return height_; }
    GLuint texture() const { return texture_.name(); }

    /// Directs drawing into the canvas, cleared to transparent, until the scope ends; then everything that was bound
    /// before is bound again and the texture is complete.
    class Scope {
    public:
        explicit Scope(Canvas& canvas);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        Canvas& canvas_;
        GLint framebuffer_ = 0;
        GLint viewport_[4] = {};
    };

private:
    int width_ = 0, height_ = 0, samples_ = 0;
    Texture texture_;
    Framebuffer target_;
    Renderbuffer many_colours_;
    Framebuffer many_;
};

enum class Filter { Nearest, Linear };

/// A texture filled from memory: one byte a pixel shown as grey, or four as red, green, blue, alpha.
class PixelTexture {
public:
    /// pixels: row by row from the top, width * height * channels bytes with channels 1 or 4.
    void upload(int width, int height, int channels, const unsigned char* pixels, Filter filter);
    GLuint texture() const { return texture_.name(); }

private:
    int width_ = 0, height_ = 0, channels_ = 0;
    Texture texture_;
};

/// The largest width and height of a texture that this driver takes.
int max_texture_size();

}  // namespace drift::gl
