// Which frame something was made of. The address alone would not do: another frame may later lie at the same one.
#pragma once

#include "app/panels/panels.h"

#include <cstdint>

namespace drift {

struct FrameKey {
    uint64_t recording = 0;
    int64_t step = -1;
    const Frame* frame = nullptr;

    bool operator==(const FrameKey&) const = default;
};

inline FrameKey key_of(const PanelContext& context, const Frame& frame) {
    return {context.recording_id, frame.numbers.step, &frame};
}

}  // namespace drift
