#include "app/panels/followed.h"

#include "app/lineage.h"

#include <algorithm>
#include <cstddef>

namespace drift {
namespace {

constexpr size_t most_kept = 1000;

}  // namespace

void Followed::update(const PanelContext& context, int64_t step) {
    const FrameKey frame = key_of(context, *context.recording.at(step));
    const std::array<ParticleRef, 2> particles{context.view.selected, context.view.hovered};
    if (frame_ == frame && particles_ == particles) {
        return;
    }
    if (!(frame_ == frame) || kin_.size() > most_kept) {
        kin_.clear();
    }
    frame_ = frame;
    particles_ = particles;
    here_.clear();
    for (const ParticleRef& particle : particles) {
        if (is_recorded(context.recording, particle)) {
            const std::vector<int32_t>& kin = kin_of(context.recording, particle, step);
            here_.insert(here_.end(), kin.begin(), kin.end());
        }
    }
    std::sort(here_.begin(), here_.end());
}

const std::vector<int32_t>& Followed::kin_of(const Recording& recording, const ParticleRef& particle, int64_t step) {
    const auto [place, is_new] = kin_.try_emplace({particle.step, particle.index});
    if (is_new) {
        place->second = kin_at(recording, particle, step);
        ++found_;
    }
    return place->second;
}

std::vector<int32_t> Followed::some(size_t most) const {
    const size_t stride = std::max<size_t>(1, (here_.size() + most - 1) / most);
    std::vector<int32_t> chosen;
    for (size_t i = 0; i < here_.size(); i += stride) {
        chosen.push_back(here_[i]);
    }
    return chosen;
}

bool Followed::contains(int32_t particle) const {
    return std::binary_search(here_.begin(), here_.end(), particle);
}

}  // namespace drift
