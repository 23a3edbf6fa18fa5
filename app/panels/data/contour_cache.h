// Contours of a scene's exact densities at the noise levels that were looked at.
#pragma once

#include "app/panels/data/contours.h"
#include "app/panels/data/space.h"

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace drift {

/// Shares of the probability that the contours enclose, innermost first.
inline const std::vector<double> contour_shares{0.5, 0.8, 0.95};

using ContourSet = std::vector<std::vector<Polyline>>;  // a set of lines for each share

class ContourCache {
public:
    enum class Of { Prior, Posterior };

    /// Of a density of the scene in that space, blurred by sigma and seen along two axes; empty where the scene has
    /// none. Keeps what belongs to this recording and forgets the rest.
    const ContourSet& get(const Scene& scene, Space space, uint64_t recording_id, Of of, double sigma, int64_t axis_x,
                          int64_t axis_y);

private:
    using Key = std::tuple<Space, Of, double, int64_t, int64_t>;

    uint64_t recording_id_ = 0;
    std::map<Key, ContourSet> sets_;
};

/// The square that holds the particles at noise level sigma, for contours and for the first look.
GridBox box_at(const Scene& scene, Space space, double sigma, int64_t axis_x, int64_t axis_y, double widths_of_noise);

}  // namespace drift
