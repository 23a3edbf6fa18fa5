// Small recordings for tests of what shows them.
#pragma once

#include "core/recording.h"

#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace drift::test {

inline FramePtr make_frame(int64_t step, bool resampled, int64_t count = 4) {
    auto frame = std::make_shared<Frame>();
    frame->numbers.step = step;
    frame->numbers.sigma = static_cast<double>(10 - step);
    frame->numbers.ess = 2;
    frame->numbers.resampled = resampled;
    frame->numbers.distinct_parents = resampled ? count / 2 : count;
    frame->numbers.eves = count / 2;
    frame->count = count;
    frame->dimension = 2;
    frame->x.assign(static_cast<size_t>(2 * count), static_cast<float>(step));
    frame->denoised = frame->x;
    return frame;
}

inline std::shared_ptr<Scene> make_scene(int64_t steps) {
    auto scene = std::make_shared<Scene>();
    scene->sample_shape = {2};
    scene->weighted = true;
    scene->steps = steps;
    for (int64_t k = 0; k <= steps; ++k) {
        scene->sigma.push_back(static_cast<double>(steps - k));
    }
    return scene;
}

/// The first `size` states of a run of `steps` steps, resampled at those given.
inline Recording make_recording(int64_t steps, int64_t size, const std::set<int64_t>& resampled = {}) {
    Recording recording;
    recording.start(make_scene(steps));
    for (int64_t k = 0; k < size; ++k) {
        recording.append(make_frame(k, resampled.contains(k)));
    }
    return recording;
}

}  // namespace drift::test
