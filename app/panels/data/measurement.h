// A line measurement a . x = y in the plane: what of it and of its band can be seen, and dragging it. Plain geometry.
#pragma once

#include "app/panels/data/contours.h"

#include "core/scene.h"

#include <optional>
#include <utility>
#include <vector>

namespace drift {

/// The part of the line a . x = y inside a box; nothing where it passes by or where a is nought.
std::optional<std::pair<PlanePoint, PlanePoint>> line_in_box(const LineMeasurement& line, const GridBox& box);

/// The part of the band |a . x - y| <= width inside a box, a convex polygon; empty where there is none.
std::vector<PlanePoint> band_in_box(const LineMeasurement& line, double width, const GridBox& box);

/// The part of the box on the side a . x <= y that an edge leaves out, likewise.
std::vector<PlanePoint> left_out_in_box(const LineMeasurement& line, const GridBox& box);

/// Where in the noise a . f(z) = y.
std::vector<Polyline> line_in_noise(const LineMeasurement& line, const DecoderGrid& map);

/// a . x at that point.
double measured_at(const LineMeasurement& line, double x, double y);

/// The point of the line nearest to another one.
PlanePoint nearest_on_line(const LineMeasurement& line, double x, double y);

/// A drag of the line: it keeps the distance to the mouse that it had when it was gripped.
class LineDrag {
public:
    LineDrag(const LineMeasurement& line, double x, double y)
        : line_(line), offset_(line.y - measured_at(line, x, y)) {}
    /// The observation for the mouse at that point.
    double observation_at(double x, double y) const { return measured_at(line_, x, y) + offset_; }

private:
    LineMeasurement line_;
    double offset_;
};

}  // namespace drift
