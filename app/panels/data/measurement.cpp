#include "app/panels/data/measurement.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

struct Point {
    double x = 0, y = 0;
};

/// Keeps the part of a convex polygon where sign * (a . x - limit) >= 0 (Sutherland and Hodgman 1974).
std::vector<Point> clip(const std::vector<Point>& polygon, const LineMeasurement& line, double limit, double sign) {
    std::vector<Point> kept;
    for (size_t i = 0; i < polygon.size(); ++i) {
        const Point& from = polygon[i];
        const Point& to = polygon[(i + 1) % polygon.size()];
        const double a = sign * (measured_at(line, from.x, from.y) - limit);
        const double b = sign * (measured_at(line, to.x, to.y) - limit);
        if (a >= 0) {
            kept.push_back(from);
        }
        if ((a >= 0) != (b >= 0)) {
            const double t = a / (a - b);
            kept.push_back({from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)});
        }
    }
    return kept;
}

std::vector<Point> corners(const GridBox& box) {
    return {{box.x_min, box.y_min}, {box.x_max, box.y_min}, {box.x_max, box.y_max}, {box.x_min, box.y_max}};
}

PlanePoint rounded(const Point& point) {
    return {static_cast<float>(point.x), static_cast<float>(point.y)};
}

/// Empty where there is no area.
std::vector<PlanePoint> rounded(const std::vector<Point>& polygon) {
    std::vector<PlanePoint> result;
    result.reserve(polygon.size());
    for (const Point& point : polygon) {
        result.push_back(rounded(point));
    }
    return result.size() < 3 ? std::vector<PlanePoint>{} : result;
}

double squared_norm(const LineMeasurement& line) {
    return line.a[0] * line.a[0] + line.a[1] * line.a[1];
}

}  // namespace

double measured_at(const LineMeasurement& line, double x, double y) {
    return line.a[0] * x + line.a[1] * y;
}

PlanePoint nearest_on_line(const LineMeasurement& line, double x, double y) {
    const double norm = squared_norm(line);
    const double t = norm > 0 ? (line.y - measured_at(line, x, y)) / norm : 0;
    return rounded({x + t * line.a[0], y + t * line.a[1]});
}

std::optional<std::pair<PlanePoint, PlanePoint>> line_in_box(const LineMeasurement& line, const GridBox& box) {
    if (!(squared_norm(line) > 0)) {
        return std::nullopt;
    }
    // The line is the edge that clipping by a . x >= y leaves: the corners of the rest that lie on it.
    const double reach = std::max(box.x_max - box.x_min, box.y_max - box.y_min);
    const double near = 1e-9 * reach * (std::abs(line.a[0]) + std::abs(line.a[1]));
    std::vector<Point> on_line;
    for (const Point& point : clip(corners(box), line, line.y, 1)) {
        if (std::abs(measured_at(line, point.x, point.y) - line.y) <= near) {
            on_line.push_back(point);
        }
    }
    if (on_line.size() < 2) {
        return std::nullopt;
    }
    return std::pair{rounded(on_line.front()), rounded(on_line.back())};
}

std::vector<PlanePoint> band_in_box(const LineMeasurement& line, double width, const GridBox& box) {
    if (!(squared_norm(line) > 0)) {
        return {};
    }
    const std::vector<Point> above = clip(corners(box), line, line.y - width, 1);
    return rounded(clip(above, line, line.y + width, -1));
}

std::vector<PlanePoint> left_out_in_box(const LineMeasurement& line, const GridBox& box) {
    return squared_norm(line) > 0 ? rounded(clip(corners(box), line, line.y, -1)) : std::vector<PlanePoint>{};
}

std::vector<Polyline> line_in_noise(const LineMeasurement& line, const DecoderGrid& map) {
    const auto points = static_cast<size_t>(map.box.columns) * static_cast<size_t>(map.box.rows);
    const size_t d = map.x.size() / points;
    std::vector<float> measured(points);
    for (size_t i = 0; i < points; ++i) {
        const double second = d > 1 ? static_cast<double>(map.x[i * d + 1]) : 0;
        measured[i] = static_cast<float>(measured_at(line, static_cast<double>(map.x[i * d]), second));
    }
    return contour_lines(measured, map.box, static_cast<float>(line.y));
}

}  // namespace drift
