#include "core/training/local_search.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

/// By how much the step size grows or shrinks at each move of the burn-in (Sendera et al. 2024).
constexpr double faster = 1.1;
constexpr double slower = 0.9;

}  // namespace

void local_search(const Terminal& terminal, const LocalSearchOptions& options, double beta, const torch::Tensor& start,
                  const torch::TensorOptions& numbers, const Random& random, LocalSearchState& state,
                  ReplayBuffer& kept) {
    const Target& target = *terminal.target();
    const auto move = mala_move();
    const int64_t n = start.size(0);
    Cloud cloud;
    MoveScratch scratch;
    allocate(cloud, n, target, numbers, true);
    allocate(scratch, n, target, numbers, *move);
    cloud.x.copy_(start.to(numbers).view(cloud.x.sizes()));
    target.evaluate(cloud);
    Tuning tuning{.step_size = state.step_size, .inverse_mass = {}, .factor = {}};
    torch::Tensor sums;
    double accepted = 0;
    // The step size never settles: at any move it is a tenth off, which is .05 of acceptance. What it varies around is
    // its geometric mean over the later half of the burn-in.
    const int64_t later = options.burn_in / 2;
    double log_sum = 0;
    for (int64_t i = 0; i < options.steps; ++i) {
        move->take(target, beta, tuning, random, i, scratch, cloud);
        const double acceptance = pooled_acceptance(scratch, {}, 0, sums);
        if (i < options.burn_in) {
            tuning.step_size *= acceptance > move->wanted_acceptance() ? faster : slower;
            log_sum += i < later ? 0 : std::log(tuning.step_size);
            if (i + 1 == options.burn_in) {
                tuning.step_size = std::exp(log_sum / static_cast<double>(options.burn_in - later));
            }
        } else {
            accepted += acceptance / static_cast<double>(options.steps - options.burn_in);
            if ((i - options.burn_in) % options.keep_every == 0) {
                kept.add(cloud.x.flatten(1), terminal.value_at(cloud));
            }
        }
    }
    state.step_size = std::clamp(tuning.step_size, 1e-8, 1e4);
    state.acceptance = accepted;
}

}  // namespace drift
