#include "app/painting.h"

#include <algorithm>
#include <cmath>
#include <variant>

namespace drift {
namespace {

constexpr int64_t cells = 48;  // a side

template <class T>
const T* value_of(const Choice& prior, const char* key) {
    return prior.params.contains(key) ? std::get_if<T>(&prior.params.at(key).value) : nullptr;
}

/// Squared distance from a place to the way between two others.
double distance_squared(double x, double y, const PlanePoint& from, const PlanePoint& to) {
    const double ax = static_cast<double>(from.x);
    const double ay = static_cast<double>(from.y);
    const double dx = static_cast<double>(to.x) - ax;
    const double dy = static_cast<double>(to.y) - ay;
    const double length = dx * dx + dy * dy;
    const double share = length > 0 ? std::clamp(((x - ax) * dx + (y - ay) * dy) / length, 0.0, 1.0) : 0;
    const double rx = x - ax - share * dx;
    const double ry = y - ay - share * dy;
    return rx * rx + ry * ry;
}

}  // namespace

bool is_painted(const Choice& prior) {
    const auto* data = value_of<std::string>(prior, "data");
    return data != nullptr && *data == "painted" && prior.params.contains("painting");
}

Painting painting_of(const Choice& prior) {
    Painting painting;
    painting.density = {{cells, cells}, std::vector<double>(static_cast<size_t>(cells * cells), 0)};
    if (const auto* half_width = value_of<double>(prior, "half_width")) {
        painting.half_width = *half_width;
    }
    const auto* given = value_of<Array>(prior, "painting");
    if (given == nullptr || given->shape.size() != 2 || given->data.empty()) {
        return painting;
    }
    const int64_t rows = given->shape[0];
    const int64_t columns = given->shape[1];
    const int64_t side = std::max(rows, columns);  // which reaches from border to border; the other lies in the middle
    for (int64_t i = 0; i < cells * cells; ++i) {
        const auto at = [&](int64_t place, int64_t count) {
            const double middle = (static_cast<double>(place) + 0.5) / cells * static_cast<double>(side);
            return static_cast<int64_t>(std::floor(middle - 0.5 * static_cast<double>(side - count)));
        };
        const int64_t row = at(i / cells, rows);
        const int64_t column = at(i % cells, columns);
        if (row >= 0 && row < rows && column >= 0 && column < columns) {
            painting.density.data[static_cast<size_t>(i)] = given->data[static_cast<size_t>(row * columns + column)];
        }
    }
    return painting;
}

void stroke(Painting& painting, const PlanePoint& from, const PlanePoint& to, double radius, bool erase) {
    const double cell = painting.cell();
    const double reach = std::max(radius, 0.71 * cell);  // the finest brush still meets a cell
    for (size_t i = 0; i < painting.density.data.size(); ++i) {
        const auto [left, top] = painting.corner(i);
        if (distance_squared(left + 0.5 * cell, top - 0.5 * cell, from, to) <= reach * reach) {
            painting.density.data[i] = erase ? 0 : 1;
        }
    }
}

void set_painting(Scenario& scenario, const Painting& painting) {
    const auto& all = painting.density.data;
    const bool blank = std::all_of(all.begin(), all.end(), [](double each) { return each == 0; });
    scenario.prior.params.set("painting", blank ? Array{{0}, {}} : painting.density);
}

}  // namespace drift
