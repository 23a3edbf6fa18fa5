#include "app/capture.h"

#include "core/error.h"

#include <hello_imgui/hello_imgui_include_opengl.h>
#include <stb_image_write.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <unistd.h>

namespace drift {

Capture::Capture(int width, int height) : width_(width), height_(height) {
    glGenTextures(1, &texture_);
    glBindTexture(GL_TEXTURE_2D, texture_);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glBindTexture(GL_TEXTURE_2D, 0);
    glGenFramebuffers(1, &framebuffer_);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

Capture::~Capture() {
    glDeleteFramebuffers(1, &framebuffer_);
    glDeleteTextures(1, &texture_);
}

void Capture::begin() const {
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
    glViewport(0, 0, width_, height_);
    glClearColor(0, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
}

Picture Capture::finish() const {
    Picture picture{width_, height_, std::vector<uint8_t>(size_t{3} * static_cast<size_t>(width_ * height_))};
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width_, height_, GL_RGB, GL_UNSIGNED_BYTE, picture.rgb.data());
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    const size_t row = size_t{3} * static_cast<size_t>(width_);
    for (size_t y = 0; y < static_cast<size_t>(height_) / 2; ++y) {
        const auto top = picture.rgb.begin() + static_cast<std::ptrdiff_t>(y * row);
        const auto low = picture.rgb.end() - static_cast<std::ptrdiff_t>((y + 1) * row);
        std::swap_ranges(top, top + static_cast<std::ptrdiff_t>(row), low);
    }
    return picture;
}

void write_png(const Picture& picture, const std::string& path) {
    const std::string partial = path + ".partial-" + std::to_string(getpid());
    const int written =
        stbi_write_png(partial.c_str(), picture.width, picture.height, 3, picture.rgb.data(), 3 * picture.width);
    std::error_code error;
    if (written != 0) {
        std::filesystem::rename(partial, path, error);
    }
    if (written == 0 || error) {
        std::error_code ignored;
        std::filesystem::remove(partial, ignored);
        throw UserError("The picture could not be written to " + path +
                        "; choose a place that exists and is writable.");
    }
}

}  // namespace drift
