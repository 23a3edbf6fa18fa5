#include "app/panels/data/brush.h"

#include <utility>

namespace drift {
namespace {

std::vector<bool> inside(const Frame& frame, const Brush& brush) {
    std::vector<bool> within(static_cast<size_t>(frame.count), false);
    for (size_t i = 0; has_places(frame, brush.space) && i < within.size(); ++i) {
        const PlanePoint place = place_of(frame, brush.space, i, brush.axis_x, brush.axis_y);
        const auto x = static_cast<double>(place.x);
        const auto y = static_cast<double>(place.y);
        within[i] = x >= brush.x_min && x <= brush.x_max && y >= brush.y_min && y <= brush.y_max;
    }
    return within;
}

}  // namespace

std::vector<bool> brushed(const Recording& recording, const Brush& brush, int64_t step) {
    if (!brush || brush.step >= recording.size()) {
        return {};
    }
    std::vector<bool> within = inside(*recording.at(brush.step), brush);
    const auto parent = [&recording](int64_t k, size_t i) {
        const std::vector<int32_t>& parents = recording.at(k)->ancestors;
        return parents.empty() ? i : static_cast<size_t>(parents[i]);
    };
    for (int64_t k = brush.step; k > step; --k) {  // back to the ancestors
        std::vector<bool> before(within.size(), false);
        for (size_t i = 0; i < within.size(); ++i) {
            before[parent(k, i)] = before[parent(k, i)] || within[i];
        }
        within = std::move(before);
    }
    for (int64_t k = brush.step + 1; k <= step; ++k) {  // on to the descendants
        std::vector<bool> after(within.size(), false);
        for (size_t i = 0; i < within.size(); ++i) {
            after[i] = within[parent(k, i)];
        }
        within = std::move(after);
    }
    return within;
}

}  // namespace drift
