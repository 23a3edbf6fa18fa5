#include "app/panels/followed.h"

#include "app/lineage.h"

#include <algorithm>

namespace drift {

void Followed::update(const PanelContext& context, int64_t step) {
    const FrameKey frame = key_of(context, *context.recording.at(step));
    const std::array<ParticleRef, 2> particles{context.view.selected, context.view.hovered};
    if (frame_ == frame && particles_ == particles) {
        return;
    }
    frame_ = frame;
    particles_ = particles;
    here_.clear();
    for (const ParticleRef& particle : particles) {
        if (is_recorded(context.recording, particle)) {
            const auto kin = brushed_at(context.recording, {particle.step, {particle.index}}, step);
            here_.insert(here_.end(), kin.begin(), kin.end());
        }
    }
    std::sort(here_.begin(), here_.end());
}

bool Followed::contains(int32_t particle) const {
    return std::binary_search(here_.begin(), here_.end(), particle);
}

}  // namespace drift
