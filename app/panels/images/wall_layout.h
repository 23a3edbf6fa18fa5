// Where the pictures of a wall hang, and which part of it is looked at. Plain arithmetic.
#pragma once

#include <cstdint>
#include <vector>

namespace drift {

struct WallRect {
    double x = 0, y = 0, width = 0, height = 0;
};

/// Equal tiles in rows, numbered from the upper left; each has room for a caption below its picture.
struct WallLayout {
    int64_t count = 0;
    int64_t columns = 1;
    double picture_width = 1, picture_height = 1;
    double gap = 0;      // between tiles
    double caption = 0;  // height below each picture

    int64_t rows() const { return (count + columns - 1) / columns; }
    double width() const { return static_cast<double>(columns) * (picture_width + gap) - gap; }
    double height() const { return static_cast<double>(rows()) * (picture_height + caption + gap) - gap; }
    /// The picture at a position, without its caption.
    WallRect picture(int64_t position) const;
    /// The position of the tile there, caption included; -1 between and outside tiles.
    int64_t at(double x, double y) const;
    /// The positions of the pictures that a rectangle touches, captions left out, in rising order.
    std::vector<int64_t> within(const WallRect& rect) const;
};

/// The layout with the largest pictures that fits `count` of them into width x height; aspect is width / height of one.
WallLayout fit_wall(int64_t count, double width, double height, double aspect, double gap, double caption);

/// The part of the wall that is seen: screen = (wall - origin) * zoom.
struct WallCamera {
    double x = 0, y = 0, zoom = 1;

    WallRect to_screen(const WallRect& rect) const;
    /// Changes the zoom so that the point under the mouse (screen) stays there.
    void zoom_at(double screen_x, double screen_y, double factor, double least, double most);
    void pan(double screen_dx, double screen_dy);
    /// Keeps the wall in sight of a screen of that size.
    void keep_inside(const WallLayout& layout, double screen_width, double screen_height);
};

}  // namespace drift
