// How heavy the tail of importance weights is: the shape k of a generalised Pareto distribution fitted to the largest
// of them. Below 0.5 weighted averages behave as usual, above 0.7 they are not to be trusted (Vehtari et al. 2024).
#pragma once

#include <vector>

namespace drift {

/// k of the largest min(n / 5, 3 sqrt n) of the weights exp(log_weights); their normalisation plays no part. NaN where
/// fewer than five of them differ from the next one below, as with equal weights: there is no tail then.
double pareto_k(const std::vector<double>& log_weights);

/// The shape of a generalised Pareto distribution from excesses over its lower end, positive and in rising order: the
/// posterior mean of Zhang and Stephens (2009), drawn towards 1/2 as if by ten more excesses, as PSIS does.
double pareto_shape(const std::vector<double>& excesses);

}  // namespace drift
