// How fast the plain loop of plain_tds.h is.
#pragma once

#include "bench/bench.h"
#include "bench/plain_tds.h"

namespace drift::bench {

/// Particle-steps a second of plain_tds; of its 100 steps only every tenth at n = 1,000,000, where each takes a second
/// or more.
inline double plain_tds_per_second(const GridProblem& problem, int64_t n, double& log_z,
                                   PlainJacobian jacobian = PlainJacobian::ByHand) {
    const int64_t steps = n < 1000000 ? 100 : 10;
    const std::vector<double> sigma = edm_schedule(20, .02, steps);
    const double duration = seconds([&] { log_z = plain_tds(problem, sigma, n, jacobian).log_z; }, 3);
    return static_cast<double>(steps * n) / duration;
}

}  // namespace drift::bench
