// The picture of a frame, read back from a framebuffer of our own: what a window shows cannot be relied on where it is
// hidden or drawn in software.
#pragma once

#include "app/gl/objects.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace drift {

struct Picture {
    int width = 0;
    int height = 0;
    std::vector<uint8_t> rgb;  // rows from the top
};

/// A place to draw one frame into. Needs a current GL context all its life.
class Capture {
public:
    Capture(int width, int height);

    void begin();      ///< what is drawn from here on goes into it, cleared first
    Picture finish();  ///< reads it and gives drawing back to the window

private:
    gl::Canvas canvas_;
    std::optional<gl::Canvas::Scope> drawing_;
};

/// Writes a temporary file beside `path`, then renames. Throws UserError where that fails.
void write_png(const Picture& picture, const std::string& path);

/// FOLDER/STEM_1.png, or with the first number after it that no file has yet.
std::string free_picture_path(const std::string& folder, const std::string& stem);

}  // namespace drift
