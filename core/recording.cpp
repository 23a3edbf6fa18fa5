#include "core/recording.h"

#include <algorithm>

namespace drift {

void Recording::start(std::shared_ptr<const Scene> scene) {
    scene_ = std::move(scene);
    frames_.clear();
    bytes_ = 0;
    stride_ = next_ = 1;
    thinned_ = false;
    spares_resampled_ = true;
}

void Recording::append(FramePtr frame) {
    bytes_ += frame->bytes();
    frames_.push_back(std::move(frame));
    thin();
}

/// Goes on from where the thinning before stopped, and only until the bound is kept: what one state brings is what
/// others lose, and nobody waits for a thousand of them at once.
void Recording::thin() {
    while (bytes_ > max_bytes_) {
        if (next_ + 1 >= size()) {  // the newest state is what the live view shows
            if (stride_ < size()) {
                stride_ *= 2;
            } else if (spares_resampled_) {
                spares_resampled_ = false;
                stride_ = 2;
            } else {
                return;
            }
            next_ = 1;
            continue;
        }
        FramePtr& frame = frames_[static_cast<size_t>(next_)];
        if (next_ % stride_ != 0 && !(spares_resampled_ && frame->numbers.resampled) && !frame->thinned()) {
            drop_arrays(frame);
        }
        ++next_;
    }
}

void Recording::drop_arrays(FramePtr& frame) {
    auto light = std::make_shared<Frame>();
    light->numbers = frame->numbers;
    light->count = frame->count;
    light->dimension = frame->dimension;
    light->weights = frame->weights;
    light->parent_weights = frame->parent_weights;
    light->ancestors = frame->ancestors;
    light->training = frame->training;
    light->edited = frame->edited;
    light->last = frame->last;
    bytes_ += light->bytes() - frame->bytes();
    frame = std::move(light);
    thinned_ = true;
}

int64_t Recording::with_arrays(int64_t k) const {
    k = std::clamp<int64_t>(k, 0, size() - 1);
    while (k > 0 && at(k)->thinned()) {
        --k;
    }
    return k;
}

int32_t Recording::ancestor(int64_t to, int64_t from, int32_t i) const {
    for (int64_t k = to; k > from; --k) {
        const std::vector<int32_t>& parent = at(k)->ancestors;
        i = parent.empty() ? i : parent.at(static_cast<size_t>(i));
    }
    return i;
}

}  // namespace drift
