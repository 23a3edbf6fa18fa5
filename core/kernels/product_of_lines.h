// Mixtures in the plane that are products of two mixtures on the line, one a coordinate.
#pragma once

#include "core/kernels/mixture.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace drift::kernels {

/// A mixture on the line whose components share a variance.
struct LineMixture {
    std::vector<double> means;        // in ascending order
    std::vector<double> log_weights;  // the largest is 0
};

/// Both factors of a mixture in the plane.
struct ProductOfLines {
    std::array<LineMixture, 2> line;  // of the first coordinate and of the second

    int64_t pairs() const { return static_cast<int64_t>(std::max(line[0].means.size(), line[1].means.size())); }
};

/// The factors of a mixture in the plane whose components share one variance, all means being pairs of a column and a
/// row, and all weights, to 1e-12, a number of the column times one of the row. Null where it is none, or where pairs
/// of both lines, the shorter filled up to the longer, are at least half as many as components: nothing is saved then.
std::optional<ProductOfLines> product_of_lines(const Mixture& mixture);

}  // namespace drift::kernels
