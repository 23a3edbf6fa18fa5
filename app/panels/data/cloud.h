// From a state of a recording to what the picture of it holds: places, colours, sizes, trails and ghosts. Plain values,
// free of ImGui's state and of OpenGL.
#pragma once

#include "app/gl/point_picture.h"
#include "app/panels/data/contours.h"
#include "app/panels/data/moment.h"
#include "app/panels/data/space.h"
#include "app/view.h"

#include "core/recording.h"

#include <cstdint>
#include <vector>

namespace drift {

struct CloudOptions {
    Space space = Space::Data;
    ColourBy colour_by = ColourBy::Weight;
    bool size_by_weight = true;
    bool trails = true;
    bool ghosts = false;
    bool faded = false;              // under arrows
    int64_t axis_x = 0, axis_y = 1;  // of more than two dimensions
    bool light = false;
    float pixel = 1;      // scale of sizes: 1 at a type size of 16 px
    float per_pixel = 0;  // of the plane, where children are drawn apart; else 0
    int64_t ended = -1;   // the state that knows the residuals of the trajectories; see residuals.h

    bool operator==(const CloudOptions&) const = default;
};

inline constexpr int64_t trail_steps = 8;
inline constexpr int64_t max_trails = 1024;  // particles that get a trail, evenly chosen
inline constexpr int64_t max_ghosts = 4096;

struct CloudPicture {
    Cloud cloud;
    int64_t step = 0;                // of the particles that are shown
    std::vector<PlanePoint> places;  // [n]; NaN where a particle is not finite
    std::vector<uint32_t> colours;   // [n]
    int64_t non_finite = 0;

    // Scratch of the building, kept with the arrays above to spare allocations in every frame
    std::vector<float> weights;
    std::vector<uint32_t> order;
};

/// Builds the picture in place of the one before. The recording is not empty and the state has its places in that
/// space.
void build_picture(const Recording& recording, const CloudMoment& moment, const CloudOptions& options,
                   CloudPicture& picture);

/// Where a weight lies on the colour scale: 0.5 for an equal share, 0 for a hundredth of it, 1 for a hundred times.
double weight_on_scale(double weight, int64_t count);

/// The places of one particle and its ancestors, oldest first; states without arrays are left out.
std::vector<PlanePoint> path_of(const Recording& recording, const ParticleRef& particle, int64_t axis_x, int64_t axis_y,
                                Space space = Space::Data);

}  // namespace drift
