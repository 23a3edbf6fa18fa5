// Recordings with a family tree, for tests of what shows it.
#pragma once

#include "core/recording.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace drift::test {

/// One state for each entry: the parents in the state before, nothing where nobody changes slot. A state whose children
/// have parents was resampled. Weights are 1, 2, 3 ... in proportion.
inline Recording make_tree(int64_t count, const std::vector<std::vector<int32_t>>& parents, bool ladder = false) {
    auto scene = std::make_shared<Scene>();
    scene->sample_shape = {2};
    scene->weighted = true;
    scene->ladder = ladder;
    scene->steps = static_cast<int64_t>(parents.size()) - 1;
    for (size_t k = 0; k < parents.size() && !ladder; ++k) {
        scene->sigma.push_back(static_cast<double>(parents.size() - 1 - k));
    }
    Recording recording;
    recording.start(scene);
    for (size_t k = 0; k < parents.size(); ++k) {
        auto frame = std::make_shared<Frame>();
        frame->numbers.step = static_cast<int64_t>(k);
        frame->numbers.resampled = ladder ? !parents[k].empty() : k + 1 < parents.size() && !parents[k + 1].empty();
        frame->numbers.ess = 0.7 * static_cast<double>(count);
        frame->numbers.sigma = ladder ? 0 : scene->sigma[k];
        frame->numbers.beta = 0.1 * static_cast<double>(k);
        frame->count = count;
        frame->dimension = 2;
        for (int64_t i = 0; i < count; ++i) {
            frame->x.push_back(static_cast<float>(i));
            frame->x.push_back(static_cast<float>(10 * k));
            frame->weights.push_back(2 * static_cast<float>(i + 1) / static_cast<float>(count * (count + 1)));
        }
        if (ladder && frame->numbers.resampled) {
            frame->parent_weights = frame->weights;
            frame->weights.assign(static_cast<size_t>(count), 1 / static_cast<float>(count));
        }
        frame->ancestors = parents[k];
        frame->last = k + 1 == parents.size();
        recording.append(frame);
    }
    return recording;
}

/// Four particles in seven states. Two resamplings leave the descendants of 0 and of 2; the last one only those of 2,
/// which meet in state 3 at slot 1.
inline Recording small_tree() {
    return make_tree(4, {{}, {}, {0, 2, 2, 0}, {}, {1, 1, 2, 3}, {}, {0, 1, 0, 1}});
}

}  // namespace drift::test
