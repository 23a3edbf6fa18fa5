// Waste-free sequential Monte Carlo (Dau and Chopin 2022): few particles are drawn, each runs a chain, and all states
// of the chains are the next particles.
#pragma once

#include "core/sampler.h"

#include <functional>

namespace drift {

/// How many chains n particles make up when none is longer than its start and `moves` moves.
int64_t chains_of(int64_t n, int64_t moves);

struct WasteFree {
    int64_t chains = 1;
    Random random;
};

/// Starts a chain from each of the first next.parents and writes all their states to next.chains.cloud, chain by chain,
/// and whom they come from to next.ancestors. Where n is no multiple of the number of chains, chance says which chains
/// are one state longer. `move` takes a cloud on by so many moves.
void run_waste_free(const Cloud& now, State& next, const Target& target, const torch::TensorOptions& options,
                    const WasteFree& plan, const std::function<void(Cloud&, int64_t)>& move);

}  // namespace drift
