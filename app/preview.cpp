#include "app/preview.h"

#include <algorithm>
#include <cmath>

namespace drift {

double expected_seconds(const Recording& recording, int64_t particles) {
    if (recording.empty() || !recording.scene()) {
        return 0;
    }
    const Frame& newest = *recording.at(recording.size() - 1);
    const auto done = static_cast<double>(newest.numbers.step * newest.count);
    const auto steps = static_cast<double>(newest.last ? newest.numbers.step : recording.scene()->steps);
    return done > 0 ? newest.numbers.seconds / done * steps * static_cast<double>(particles) : 0;
}

int64_t preview_particles(int64_t particles, double seconds, double limit) {
    if (seconds <= limit) {
        return particles;
    }
    const double affordable = std::floor(static_cast<double>(particles) * limit / seconds);
    const int64_t fewer = static_cast<int64_t>(std::min(affordable, static_cast<double>(most_preview_particles)));
    return std::min(particles, std::max(fewer, least_preview_particles));
}

}  // namespace drift
