// Counter-based randomness: the number for (seed, purpose, step, particle, component) depends on nothing else, so it is
// the same on one thread or many, and two methods can be compared under common noise. design.md, "Randomness".
#pragma once

#include "core/kernels/philox.h"
#include "core/torch.h"

#include <cstdint>

namespace drift {

/// All randomness of a run, handed to whoever draws.
struct Random {
    uint64_t seed = 1;

    /// Standard normals into `out` [n, ...], contiguous, float32 or float64; row i belongs to particle i.
    void fill_normals(torch::Tensor& out, kernels::Purpose purpose, int64_t step) const;
    /// One uniform number in [0, 1).
    double uniform(kernels::Purpose purpose, int64_t step) const;
};

}  // namespace drift
