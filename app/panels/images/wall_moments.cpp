#include "app/panels/images/wall_moments.h"

namespace drift {

PictureMoments moments_of(const PhaseStage& stage, bool of_state, const PictureShape& shape) {
    const auto pictures_of = [of_state](const Frame& frame) -> const std::vector<float>& {
        return of_state ? frame.x : frame.denoised;
    };
    std::vector<float> weights;
    weigh(stage, weights);
    if (stage.split) {
        const auto n = static_cast<float>(weights.size());
        for (size_t i = 0; i < weights.size(); ++i) {
            weights[i] += stage.fade * (static_cast<float>(stage.split->counts[i]) / n - weights[i]);
        }
    }
    const std::vector<float>& now = pictures_of(*stage.now);
    if (stage.before == nullptr || stage.travel >= 1 || pictures_of(*stage.before).size() != now.size()) {
        return moments_of(now, weights, shape);
    }
    const std::vector<float>& before = pictures_of(*stage.before);
    const auto size = static_cast<size_t>(shape.values());
    std::vector<float> between(now.size());
    for (size_t i = 0; i < weights.size(); ++i) {
        const size_t parent = parent_of(stage, i) * size;
        for (size_t j = 0; j < size; ++j) {
            const float from = before[parent + j];
            between[i * size + j] = from + stage.travel * (now[i * size + j] - from);
        }
    }
    return moments_of(between, weights, shape);
}

}  // namespace drift
