// How far particles are from the truth. Every number states what it is not defined for: NaN then.
#pragma once

#include "core/gaussian_mixture.h"
#include "core/torch.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace drift {

/// Stops a long measurement when it returns true.
using Cancelled = std::function<bool()>;

/// Sliced Wasserstein distance W1 between weighted rows x [n, d] and equally weighted rows of `reference` [m, d]: the
/// mean over 128 fixed directions of the distance along each. `log_weights` [n] is normalised, or undefined for equal
/// weights. NaN when cancelled or when a row is not finite.
double sliced_wasserstein(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& reference,
                          const Cancelled& cancelled = {});

/// Those directions for d dimensions, one a row, [128, d] in float64, and the distance along others.
torch::Tensor slicing_directions(int64_t d);
double sliced_wasserstein_along(const torch::Tensor& along, const torch::Tensor& x, const torch::Tensor& log_weights,
                                const torch::Tensor& reference, const Cancelled& cancelled = {});

/// Maximum mean discrepancy and energy distance between weighted rows x [n, d] and equally weighted rows of
/// `reference`:
///
///     mmd^2  = E k(X, X') + E k(Y, Y') - 2 E k(X, Y),   k(x, y) = exp(-|x - y|^2 / (2 l^2))
///     energy = 2 E |X - Y| - E |X - X'| - E |Y - Y'|
///
/// over all pairs, a row with itself among them, so that both are those of the weighted set and never below 0; `mmd` is
/// the root. l is the median distance of two rows of the reference. Of more than 1,024 rows as many stand for the rest,
/// drawn evenly by weight. NaN when cancelled or when a row is not finite.
struct PairDistances {
    double mmd;
    double energy;
};
PairDistances pair_distances(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& reference,
                             const Cancelled& cancelled = {});

/// `count` rows that stand for n weighted ones: row i floor(count w_i) times or once more, always the same.
/// `weights` [n] need not sum to one; none but positive ones where there is such a weight.
std::vector<int64_t> representatives(const std::vector<double>& weights, int64_t count);

/// Of directions and exact draws, which belong to the measurement and not to the run: every run is measured by the
/// same.
inline constexpr Random measuring{2'718'281'828};

/// Distances to the exact posterior, each with its floor: two exact sets of the same size.
struct DistanceToExact {
    double sliced_w1, sliced_w1_floor;
    double mmd, mmd_floor;
    double energy, energy_floor;
};
/// `exact` [2 n, d]: that many exact draws.
DistanceToExact distance_to_exact(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& exact,
                                  const Cancelled& cancelled = {});

}  // namespace drift
