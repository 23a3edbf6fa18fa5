// One step of the loop of guided diffusion in numbers: where it leads, how much noise it injects, how far it follows
// the pull.
#pragma once

#include "core/guided.h"

namespace drift {

/// One move from sigma_k to sigma_{k+1}; symbols of guidance.md 1.3.
struct GuidedMove {
    double sigma = 0, sigma_next = 0, eta = 0, zeta = 0, tau = 0, c = 0;
    double shift_scale = 0;  // of pull, added to D
    bool last = false;
};

GuidedMove guided_move(const GuidedOptions& options, const Schedule& schedule, int64_t k);

}  // namespace drift
