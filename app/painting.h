// A prior that the user paints: strokes on the cells of its density. Plain values, tested without a window.
#pragma once

#include "app/panels/data/contours.h"

#include "core/scenario.h"

#include <utility>

namespace drift {

/// A square of cells, and how far it reaches from the origin.
struct Painting {
    Array density;  // rows, the topmost first; 1 where it is painted
    double half_width = 4;

    double cell() const { return 2 * half_width / static_cast<double>(density.shape.front()); }
    /// Upper left corner of cell i.
    std::pair<double, double> corner(size_t i) const {
        const auto columns = static_cast<size_t>(density.shape.back());
        const size_t row = i / columns;
        return {static_cast<double>(i % columns) * cell() - half_width, half_width - static_cast<double>(row) * cell()};
    }
};

/// Whether the prior learns what is painted.
bool is_painted(const Choice& prior);
/// Its painting in so many cells as a stroke needs, whatever it was given in; without any it is blank.
Painting painting_of(const Choice& prior);
/// Of the cells within `radius` of the way between two places: paints, or erases.
void stroke(Painting& painting, const PlanePoint& from, const PlanePoint& to, double radius, bool erase);
/// The same painting in the scenario.
void set_painting(Scenario& scenario, const Painting& painting);

}  // namespace drift
