// The picture of a frame, read back from a framebuffer of our own: what a window shows cannot be relied on where it is
// hidden or drawn in software.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

struct Picture {
    int width = 0;
    int height = 0;
    std::vector<uint8_t> rgb;  // rows from the top
};

/// A framebuffer to draw one frame into. Needs a current GL context all its life.
class Capture {
public:
    Capture(int width, int height);
    ~Capture();
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    void begin() const;      ///< what is drawn from here on goes into it, cleared first
    Picture finish() const;  ///< reads it and gives drawing back to the window

private:
    unsigned framebuffer_ = 0;
    unsigned texture_ = 0;
    int width_;
    int height_;
};

/// Writes a temporary file beside `path`, then renames. Throws UserError where that fails.
void write_png(const Picture& picture, const std::string& path);

}  // namespace drift
