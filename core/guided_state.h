// The memory of a state of the loop, and what it takes over from the one before.
#pragma once

#include "core/sampler.h"

namespace drift {

/// What a state holds besides its particles.
struct WantedBuffers {
    bool pull = false, rewards = false, running = false;
};

/// A state's tensors for n particles in the shape of the prior's samples; does nothing where they are there already.
void allocate(State& state, int64_t n, const Task& task, const WantedBuffers& wanted);

/// Ancestors and first ancestors of the particles of `next`, which are those of `now` or were drawn from them.
void inherit_families(const State& now, State& next);

/// What `now` knows of the parents of `next`, in the order of their children: x, log_twist and running in its scratch,
/// denoised and, if wanted, pull in its own buffers, until its own evaluation overwrites them.
void gather_parents(const State& now, State& next, bool with_pull);

}  // namespace drift
