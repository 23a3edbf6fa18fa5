// The memory of a state of the loop, and what it takes over from the one before.
#pragma once

#include "core/sampler.h"

namespace drift {

/// What a state holds besides its particles.
struct WantedBuffers {
    bool pull = false, running = false;
};

/// A state's tensors for n particles in the shape of the prior's samples; does nothing where they are there already.
void allocate(State& state, int64_t n, const Task& task, const WantedBuffers& wanted);

/// Numbers that are about to be written: in memory of their own from now on, whatever they are, where another state
/// has them, too. What a step leaves as it was is not copied.
torch::Tensor& own(torch::Tensor& numbers);

/// Ancestors and first ancestors of the particles of `next`, which are those of `now` or were drawn from them.
void inherit_families(const State& now, State& next);

/// What `now` knows of the parents of `next`, in the order of their children: x, running, and log_potential where it is
/// known or else log_twist, in its scratch, denoised and, if wanted, pull in its own buffers, until its own evaluation
/// overwrites them.
void gather_parents(const State& now, State& next, bool with_pull);

}  // namespace drift
