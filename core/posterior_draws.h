// Exact draws from the posterior of a task, wherever it is known: as a mixture in either space, or on a grid.
#pragma once

#include "core/sampler.h"
#include "core/torch.h"

namespace drift {

/// Whether there is a posterior to be found by quadrature in the space that is sampled: in few enough dimensions,
/// without a closed form, and at places that cost little and do no harm to look at.
bool asks_for_a_grid(const Task& task);

/// In the space that is sampled, [count, d] float64; undefined where they are not to be had.
torch::Tensor posterior_draws(const Task& task, int64_t count, const Random& random);

/// The same in data space, [count, ...].
torch::Tensor posterior_draws_in_data(const Task& task, int64_t count, const Random& random);

}  // namespace drift
