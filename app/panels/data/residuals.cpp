#include "app/panels/data/residuals.h"

#include <algorithm>
#include <cmath>

namespace drift {

int64_t state_with_residuals(const Recording& recording, int64_t step) {
    // Particle i of a sampling is particle i of its end: nothing is resampled on the way.
    for (int64_t k = step, sampled = -1; k < recording.size(); ++k) {
        const Frame& frame = *recording.at(k);
        if (frame.training == nullptr || (k > step && frame.training->sampled <= sampled)) {
            return -1;  // another sampling, or none
        }
        if (!frame.residuals.empty()) {
            return k;
        }
        sampled = frame.training->sampled;
        if (sampled < 0) {
            return -1;
        }
    }
    return -1;
}

double residual_on_scale(double delta) {
    return std::isnan(delta) ? 1 : std::min(std::log1p(std::abs(delta)) / std::log1p(largest_residual), 1.0);
}

}  // namespace drift
