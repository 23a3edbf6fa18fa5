#include "app/panels/images/wall_layout.h"

#include <algorithm>
#include <cmath>

namespace drift {

WallRect WallLayout::picture(int64_t position) const {
    const int64_t column = position % columns;
    const int64_t row = position / columns;
    return {static_cast<double>(column) * (picture_width + gap),
            static_cast<double>(row) * (picture_height + caption + gap), picture_width, picture_height};
}

int64_t WallLayout::at(double x, double y) const {
    const double step_x = picture_width + gap;
    const double step_y = picture_height + caption + gap;
    if (x < 0 || y < 0 || count == 0) {
        return -1;
    }
    const auto column = static_cast<int64_t>(x / step_x);
    const auto row = static_cast<int64_t>(y / step_y);
    const bool in_tile = x - static_cast<double>(column) * step_x < picture_width &&
                         y - static_cast<double>(row) * step_y < picture_height + caption;
    const int64_t position = row * columns + column;
    return in_tile && column < columns && position < count ? position : -1;
}

std::vector<int64_t> WallLayout::within(const WallRect& rect) const {
    std::vector<int64_t> touched;
    for (int64_t position = 0; position < count; ++position) {
        const WallRect tile = picture(position);
        if (tile.x <= rect.x + rect.width && tile.x + tile.width >= rect.x && tile.y <= rect.y + rect.height &&
            tile.y + tile.height >= rect.y) {
            touched.push_back(position);
        }
    }
    return touched;
}

WallLayout fit_wall(int64_t count, double width, double height, double aspect, double gap, double caption) {
    WallLayout best{std::max<int64_t>(count, 1), 1, aspect, 1, gap, caption};
    for (int64_t columns = 1; columns <= best.count; ++columns) {
        const int64_t rows = (best.count + columns - 1) / columns;
        const double across = (width + gap) / static_cast<double>(columns) - gap;
        const double down = (height + gap) / static_cast<double>(rows) - gap - caption;
        const double picture_height = std::min(across / aspect, down);
        if (picture_height > best.picture_height) {
            best.columns = columns;
            best.picture_height = picture_height;
            best.picture_width = picture_height * aspect;
        }
    }
    best.count = count;
    return best;
}

WallRect WallCamera::to_screen(const WallRect& rect) const {
    return {(rect.x - x) * zoom, (rect.y - y) * zoom, rect.width * zoom, rect.height * zoom};
}

void WallCamera::zoom_at(double screen_x, double screen_y, double factor, double least, double most) {
    const double wall_x = x + screen_x / zoom;
    const double wall_y = y + screen_y / zoom;
    zoom = std::clamp(zoom * factor, least, most);
    x = wall_x - screen_x / zoom;
    y = wall_y - screen_y / zoom;
}

void WallCamera::pan(double screen_dx, double screen_dy) {
    x -= screen_dx / zoom;
    y -= screen_dy / zoom;
}

void WallCamera::keep_inside(const WallLayout& layout, double screen_width, double screen_height) {
    const auto keep = [this](double& at, double wall, double screen) {
        const double spare = screen / zoom - wall;
        at = spare >= 0 ? -spare / 2 : std::clamp(at, 0.0, -spare);  // centred where all of it is seen
    };
    keep(x, layout.width(), screen_width);
    keep(y, layout.height(), screen_height);
}

}  // namespace drift
