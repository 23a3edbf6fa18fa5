// Log weights on the host that belong to no state: what they sum to, how even they are, and draws by them. The sums are
// those of core/kernels/weights.h.
#pragma once

#include "core/kernels/weights.h"

#include <cstdint>
#include <vector>

namespace drift {

/// What is not a number, and infinity, counts as no weight.
kernels::WeightSummary summarised(const std::vector<double>& log_w);
/// log mean exp; -infinity where there is no weight.
double log_mean_exp(const std::vector<double>& log_w);
/// (sum w)^2 / (n sum w^2); 0 where there is no weight.
double effective_share(const std::vector<double>& log_w);

/// w in units of the largest; 0 where log w is not finite.
std::vector<double> relative_weights(const std::vector<double>& log_w);
/// Rows by weights that need not sum to one, by inversion: one for each number of `at` in [0, 1).
std::vector<int64_t> drawn_rows(const std::vector<double>& weights, const std::vector<double>& at);

}  // namespace drift
