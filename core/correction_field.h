// What a sampler that learns adds to the way of its reference, beside what it should add and what DPS would, on a grid
// of the plane (trained_samplers.md 1.6 and 1.7). Plain numbers, no LibTorch.
#pragma once

#include "core/scene.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace drift {

/// Vectors at the points of a grid, row by row from the lower left corner, and at some particles. Both are empty where
/// the field is not known.
struct PlaneField {
    std::vector<float> on_grid;    // [rows * columns * 2]
    std::vector<float> at_places;  // [m * 2]

    bool known() const { return !on_grid.empty(); }
};

/// Where step k of the sampling leaves from, x_k. All three fields say by how much the end of the way is expected to
/// move, in its units, when y is known:
///
///     E[x_T | x_k, y] - E[x_T | x_k] = sigma^2 grad_u log E[r(x_T) | x_k],   u = scale x_k = x_T + sigma n
///
/// which is sigma^2 times a difference of scores: the units of the shift that guidance adds to D.
struct CorrectionNumbers {
    bool noise_space = false;  // x is the noise z of a map
    int64_t step = 0;          // k
    int64_t steps = 0;         // T
    double sigma = 0;
    GridBox box;                 // of x_k
    std::vector<float> places;   // [m * 2], some particles of the policy at that step
    PlaneField learned;          // by the policy
    PlaneField exact;            // Doob's transform: E[r(x_T) | x_k] itself
    PlaneField dps;              // with r(E[x_T | x_k]) in its place
    bool by_quadrature = false;  // the exact field is, for want of a closed form

    int64_t bytes() const;
};

/// These numbers of one state, computed when somebody first looks at them: it takes up to a tenth of a second, and most
/// states are never looked at. What they are does not depend on when that is. May be shared between threads.
class CorrectionField {
public:
    using Compute = std::function<CorrectionNumbers()>;

    /// `kept_bytes`: what `compute` holds on to, and the particles that it will show.
    CorrectionField(Compute compute, int64_t kept_bytes);

    /// Computes them where that has not been tried: not on a thread that draws. Null where it fails.
    std::shared_ptr<const CorrectionNumbers> numbers() const;
    /// Null until then. Never waits.
    std::shared_ptr<const CorrectionNumbers> known() const;
    /// Why they cannot be computed; empty where that is not so, or not tried. Never waits.
    std::string failure() const;
    /// With the numbers, computed or not: a recording counts what may come.
    int64_t bytes() const;

private:
    mutable Compute compute_;  // empty once it is done
    int64_t kept_bytes_;
    mutable std::mutex computing_;  // held while the numbers are computed
    mutable std::mutex mutex_;      // guards the last two
    mutable std::shared_ptr<const CorrectionNumbers> numbers_;
    mutable std::string failure_;
};

}  // namespace drift
