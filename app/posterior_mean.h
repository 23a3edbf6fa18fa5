// The mean that the particles of a state stand for, with its standard error, and the exact one. Plain values, free of
// ImGui.
#pragma once

#include "core/recording.h"
#include "core/scene.h"

#include <cstdint>
#include <vector>

namespace drift {

/// Of each coordinate; empty where the state has no particles to look at.
struct MeanEstimate {
    std::vector<double> mean;
    std::vector<double> error;
};

/// sum_i W_i x_i over the particles of a state that has its arrays, before the end over their denoised predictions, and
/// the root of sum_e (sum_{i in e} W_i (x_i - mean))^2 over families e of one first ancestor: relatives count as one,
/// as for log Z (guidance.md 2.5). Of no more than the first few coordinates.
MeanEstimate mean_of(const Recording& recording, int64_t step);

/// The mean of the exact posterior in data space; empty where it is not known.
std::vector<double> exact_mean(const Scene& scene);

}  // namespace drift
