// Chains that run side by side at temperature 1: ula, mala and hmc are settings of it and differ only in the move.
#pragma once

#include "core/sampler.h"

#include <memory>
#include <string>
#include <vector>

namespace drift {

struct ChainOptions {
    int64_t steps = 100;
    int64_t moves_per_step = 5;
    double step_size = 0.1;
    bool tune = true;                     // the step size, during burn-in; never for a move that takes every proposal
    double wanted_acceptance = 0;         // that tuning aims at; 0 for the move's own
    double burn_in = 0.3;                 // share of the steps
    double curvature = undefined_number;  // the largest of -log pi, of moves that follow its gradient to the end
    std::vector<std::string> warnings;
};

std::shared_ptr<const Sampler> parallel_chains(Task task, std::shared_ptr<const Target> target,
                                               std::shared_ptr<const Move> move, ChainOptions options);

}  // namespace drift
