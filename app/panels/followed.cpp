#include "app/panels/followed.h"

#include "app/lineage.h"

#include <algorithm>
#include <cstddef>

namespace drift {
namespace {

constexpr size_t most_kept = 4'000'000;

void sort_out(std::vector<int32_t>& particles) {
    std::sort(particles.begin(), particles.end());
    particles.erase(std::unique(particles.begin(), particles.end()), particles.end());
}

}  // namespace

bool Followed::update(const PanelContext& context, int64_t step) {
    const FrameKey frame = key_of(context, *context.recording.at(step));
    const std::array<ParticleRef, 2> particles{context.view.selected, context.view.hovered};
    if (frame_ == frame && particles_ == particles) {
        return false;
    }
    if (!(frame_ == frame) || kept_ > most_kept) {
        before_ = frame_.recording == frame.recording ? std::move(kin_) : Kin{};
        before_step_ = frame_.step;
        kin_.clear();
        kept_ = 0;
    }
    frame_ = frame;
    particles_ = particles;
    here_.clear();
    for (size_t i = 0; i < particles.size(); ++i) {
        each_[i].clear();
        if (is_recorded(context.recording, particles[i])) {
            each_[i] = kin_of(context.recording, particles[i], step);
            here_.insert(here_.end(), each_[i].begin(), each_[i].end());
        }
    }
    sort_out(here_);
    return true;
}

const std::vector<int32_t>& Followed::kin_of(const Recording& recording, const ParticleRef& particle, int64_t step) {
    const auto [place, is_new] = kin_.try_emplace({particle.step, particle.index});
    if (is_new) {
        const auto known = before_.find(place->first);
        const bool goes_on = known != before_.end() && particle.step <= before_step_ && before_step_ <= step;
        place->second =
            goes_on ? brushed_at(recording, {before_step_, known->second}, step) : kin_at(recording, particle, step);
        kept_ += place->second.size() + 1;
        ++found_;
    }
    return place->second;
}

std::vector<int32_t> Followed::some(size_t most) const {
    std::vector<int32_t> chosen;
    for (const std::vector<int32_t>& kin : each_) {
        const size_t stride = std::max<size_t>(1, (kin.size() + most - 1) / most);
        for (size_t i = 0; i < kin.size(); i += stride) {
            chosen.push_back(kin[i]);
        }
    }
    sort_out(chosen);
    return chosen;
}

bool Followed::contains(int32_t particle) const {
    return std::binary_search(here_.begin(), here_.end(), particle);
}

}  // namespace drift
