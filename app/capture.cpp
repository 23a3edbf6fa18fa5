#include "app/capture.h"

#include "core/error.h"

#include <stb_image_write.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <unistd.h>

namespace drift {

Capture::Capture(int width, int height) {
    gl::load_functions();
    canvas_.resize(width, height, 0);
}

void Capture::begin() {
    drawing_.emplace(canvas_);
}

Picture Capture::finish() {
    const int width = canvas_.width();
    const int height = canvas_.height();
    Picture picture{width, height, std::vector<uint8_t>(size_t{3} * static_cast<size_t>(width * height))};
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, picture.rgb.data());
    drawing_.reset();
    const size_t row = size_t{3} * static_cast<size_t>(width);
    for (size_t y = 0; y < static_cast<size_t>(height) / 2; ++y) {
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

std::string free_picture_path(const std::string& folder, const std::string& stem) {
    std::error_code ignored;
    std::string path;
    for (int number = 1; path.empty() || std::filesystem::exists(path, ignored); ++number) {
        path = folder + "/" + stem + "_" + std::to_string(number) + ".png";
    }
    return path;
}

}  // namespace drift
