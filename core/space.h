// Where a method works: every sampler of the catalogue may be asked to sample z in place of x = f(z) (design.md, idea
// 3). The two parameters for it are added to all of them in one place, and the methods themselves know nothing of it.
#pragma once

#include "core/params.h"

#include <cstdint>

namespace drift {

struct Space {
    std::string space = "data";
    int64_t ode_steps = 20;  // of the probability flow, where the prior is a diffusion and has no other map from noise

    bool noise() const { return space == "noise"; }
};

/// Adds the parameters of Space to those of a sampler, except those that it has already.
void add_space(ParamSet& params);
/// For a sampler that works in noise space alone: a parameter that takes nothing else.
Param noise_space_only();

/// What the parameters of a sampler say.
Space space_of(const ParamSet& params);

}  // namespace drift
