// How unevenly weight is spread over the particles of a state: its histogram and the curve of Lorenz. Plain values,
// free of ImGui.
#pragma once

#include <cstdint>
#include <vector>

namespace drift {

/// The lightest `particles` of all (a share) carry `weight` of the whole.
struct LorenzPoint {
    double particles = 0;
    double weight = 0;
};

struct WeightShape {
    int64_t count = 0;
    int64_t zero = 0;                 // particles without any weight, or without a number for it
    double heaviest = 0;              // share of the weight
    double gini = 0;                  // 0: all equal; near 1: one particle has everything
    double carry_most = 0;            // the least share of the particles that carries 90 % of the weight
    std::vector<LorenzPoint> lorenz;  // from (0, 0) to (1, 1)

    // Of log10(n W) of the others, in bins of one width
    double low = -1, high = 1;
    std::vector<int64_t> bins;
};

inline constexpr double most_of_it = 0.9;

/// Weights need not sum to one. Without any, all are equal and there is nothing to show: count is 0.
WeightShape shape_of(const std::vector<float>& weights, int bins = 60);

/// Where particles of the weights `marked` are on the curve: those at most as heavy lie left of each. In rising order,
/// one for each weight that occurs. Weights sum to one.
std::vector<LorenzPoint> places_on_curve(const std::vector<float>& weights, std::vector<float> marked);

}  // namespace drift
