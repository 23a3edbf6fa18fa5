// A rectangle drawn over the particles of one pane at one state: which particles of any other state their lines lead to
// or come from, and so which part of the noise made a part of the data (interface.md 5.5). Plain values.
#pragma once

#include "app/panels/data/space.h"

#include "core/recording.h"

#include <cstdint>
#include <vector>

namespace drift {

struct Brush {
    Space space = Space::Data;
    uint64_t recording = 0;
    int64_t step = -1;  // -1: nothing is brushed
    int64_t axis_x = 0, axis_y = 1;
    double x_min = 0, x_max = 0, y_min = 0, y_max = 0;

    explicit operator bool() const { return step >= 0; }
    bool operator==(const Brush&) const = default;
};

/// For every particle of that state whether it lies in the rectangle, descends from one that did, or is an ancestor of
/// one that does. Empty where nothing is brushed.
std::vector<bool> brushed(const Recording& recording, const Brush& brush, int64_t step);

}  // namespace drift
