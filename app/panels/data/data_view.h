// What the panel of one space keeps from one frame to the next: how the user looks at the cloud, and pictures of it.
#pragma once

#include "app/gl/point_picture.h"
#include "app/painting.h"
#include "app/panels/data/cloud.h"
#include "app/panels/data/contour_cache.h"
#include "app/panels/data/measurement.h"
#include "app/panels/followed.h"
#include "app/panels/frame_key.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace drift {

enum class TruthAt { Now, End };  // the posterior blurred by the noise of the state shown, or without noise

/// Where a decoder to numbers takes the same value, in the plane of its noise.
struct LevelLines {
    uint64_t recording = 0;
    double step = 0;  // from each to the next
    std::vector<Polyline> lines;
};

struct DataView {
    explicit DataView(Space of = Space::Data) : space(of) {}

    Space space;  // of this pane

    // Chosen by the user
    bool follow_noise = true;  // the view widens and narrows with the noise level until it is moved by hand
    TruthAt truth_at = TruthAt::Now;
    bool prior = true;
    int64_t axis_x = 0, axis_y = 1;

    // The cloud, and what it was built from
    std::unique_ptr<PointPicture> points;
    std::string failure;  // why there is no picture, as a sentence
    CloudPicture picture;
    CloudOptions options;
    CloudMoment moment;
    double sigma = 0;  // the noise level of that moment, in this space
    FrameKey frame;

    ContourCache contours;
    LevelLines levels;
    double line_min = 0, line_max = 0;  // of one dimension: the range of the plot in the frame before
    float legend_height = 0;            // in the frame before: it wraps where the panel is narrow
    float phase_height = 0;             // of the highest caption of the walk through the phases of steps
    float plot_aspect = 1;              // width / height of the plot in the frame before

    struct Drag {
        size_t line = 0;
        LineDrag drag;
        double observation = 0;
    };
    std::optional<Drag> drag;

    double per_pixel = 0;  // of the plane, in the frame before
    Followed followed;     // in the cloud

    // Choosing particles with a rectangle, and who they are in the state shown
    std::optional<PlanePoint> brush_from;
    Brush brush;
    FrameKey brush_frame;
    std::vector<int32_t> brushed;

    // Painting the prior
    struct Paint {
        bool on = true;
        bool erase = false;
        float radius = 0.06F;            // of the brush, as a share of the half width
        std::optional<Painting> stroke;  // with what is being painted, while the button is held
        PlanePoint last;
    };
    Paint paint;

    // Arrows: pixels for a force of 1, kept steady from frame to frame
    double arrow_scale = 0;
};

}  // namespace drift
