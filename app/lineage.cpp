#include "app/lineage.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace drift {
namespace {

std::vector<int32_t> ancestors_of(const Recording& recording, std::vector<int32_t> particles, int64_t from,
                                  int64_t to) {
    for (int64_t k = from; k > to; --k) {
        const std::vector<int32_t>& parent = recording.at(k)->ancestors;
        if (parent.empty()) {
            continue;
        }
        for (int32_t& particle : particles) {
            particle = parent[static_cast<size_t>(particle)];
        }
        std::sort(particles.begin(), particles.end());
        particles.erase(std::unique(particles.begin(), particles.end()), particles.end());
    }
    return particles;
}

std::vector<int32_t> descendants_of(const Recording& recording, std::vector<int32_t> particles, int64_t from,
                                    int64_t to) {
    for (int64_t k = from + 1; k <= to; ++k) {
        const std::vector<int32_t>& parent = recording.at(k)->ancestors;
        if (parent.empty()) {
            continue;
        }
        std::vector<char> chosen(static_cast<size_t>(recording.at(k - 1)->count), 0);
        for (const int32_t particle : particles) {
            chosen[static_cast<size_t>(particle)] = 1;
        }
        particles.clear();
        for (size_t i = 0; i < parent.size(); ++i) {
            if (chosen[static_cast<size_t>(parent[i])] != 0) {
                particles.push_back(static_cast<int32_t>(i));
            }
        }
    }
    return particles;
}

}  // namespace

bool is_recorded(const Recording& recording, const ParticleRef& particle) {
    return particle && particle.step >= 0 && particle.step < recording.size() &&
           particle.index < recording.at(particle.step)->count;
}

std::vector<int32_t> first_ancestors(const Recording& recording, int64_t step) {
    std::vector<int32_t> first(static_cast<size_t>(recording.at(step)->count));
    std::iota(first.begin(), first.end(), 0);
    for (int64_t k = step; k > 0; --k) {
        const std::vector<int32_t>& parent = recording.at(k)->ancestors;
        if (!parent.empty()) {
            for (int32_t& index : first) {
                index = parent[static_cast<size_t>(index)];
            }
        }
    }
    return first;
}

std::vector<int32_t> brushed_at(const Recording& recording, const Brush& brush, int64_t step) {
    if (!brush || brush.step >= recording.size() || step >= recording.size() ||
        brush.particles.back() >= recording.at(brush.step)->count) {
        return {};
    }
    return step <= brush.step ? ancestors_of(recording, brush.particles, brush.step, step)
                              : descendants_of(recording, brush.particles, brush.step, step);
}

std::vector<int32_t> kin_at(const Recording& recording, const ParticleRef& particle, int64_t step) {
    return is_recorded(recording, particle) ? brushed_at(recording, {particle.step, {particle.index}}, step)
                                            : std::vector<int32_t>{};
}

}  // namespace drift
