#include "app/panels/images/wall_tiles.h"

#include <algorithm>
#include <cstddef>

namespace drift {
namespace {

size_t at(int64_t index) {
    return static_cast<size_t>(index);
}

WallRect between(const WallRect& from, const WallRect& to, double t) {
    return {from.x + t * (to.x - from.x), from.y + t * (to.y - from.y), to.width, to.height};
}

/// Those without children where they hang, and above them every copy on its way to its own place.
std::vector<WallTile> split_tiles(const PhaseStage& stage, const std::vector<float>& weights,
                                  const std::vector<int32_t>& positions, const WallLayout& layout) {
    std::vector<int64_t> hangs(at(stage.now->count), -1);
    std::vector<WallTile> tiles;
    for (size_t i = 0; i < positions.size(); ++i) {
        const int32_t particle = positions[i];
        hangs[at(particle)] = static_cast<int64_t>(i);
        if (stage.split->counts[at(particle)] == 0 && stage.fade < 1) {
            tiles.push_back({particle, weights[at(particle)], layout.picture(static_cast<int64_t>(i)), 1 - stage.fade});
        }
    }
    const float equal = 1.0F / static_cast<float>(std::max<int64_t>(stage.now->count, 1));
    for (size_t i = 0; i < positions.size(); ++i) {
        const int32_t parent = stage.split->ancestors[at(positions[i])];
        const auto own = static_cast<int64_t>(i);
        const int64_t from = hangs[at(parent)] < 0 ? own : hangs[at(parent)];
        const float weight = weights[at(parent)] + stage.fade * (equal - weights[at(parent)]);
        tiles.push_back({parent, weight,
                         between(layout.picture(from), layout.picture(own), static_cast<double>(stage.fade)), 1,
                         stage.split->counts[at(parent)]});
    }
    return tiles;
}

}  // namespace

std::vector<WallTile> tiles_of(const PhaseStage& stage, const std::vector<int32_t>& positions,
                               const WallLayout& layout) {
    std::vector<float> weights;
    weigh(stage, weights);
    if (stage.split) {
        return split_tiles(stage, weights, positions, layout);
    }
    std::vector<WallTile> tiles;
    for (size_t i = 0; i < positions.size(); ++i) {
        tiles.push_back({positions[i], weights[at(positions[i])], layout.picture(static_cast<int64_t>(i))});
    }
    return tiles;
}

int32_t pictured_at(const PhaseStage& stage, int32_t particle) {
    return stage.split && stage.fade > 0.5F ? stage.split->ancestors[at(particle)] : particle;
}

}  // namespace drift
