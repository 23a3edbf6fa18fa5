// States of methods that move particles at a fixed temperature: their memory, their start, and what passes from one to
// the next.
#pragma once

#include "core/sampler.h"

namespace drift {

/// Memory for n particles; does nothing where it is there already.
void allocate(State& state, int64_t n, const Target& target, const Move& move, const torch::TensorOptions& options);

/// n draws from the prior with equal weights, evaluated.
void start_from_prior(State& first, const Target& target, const Random& random);

void copy(const Cloud& from, Cloud& to);
/// Rows of `from` in the order of `parents`.
void gather(const Cloud& from, const torch::Tensor& parents, Cloud& to);

/// What does not depend on the move: counters, families, warnings. The step of `next` is one more.
void inherit(const State& now, State& next);

/// Equal weights, none of which says anything.
void set_equal_weights(State& state);

}  // namespace drift
