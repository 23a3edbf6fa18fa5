// Gradients of log N(y; A x, noise^2 I) estimated from its values at random points around D, particle by particle: the
// points are drawn, valued and forgotten within a tile. core/twists/gradient_free.h has the formulas.
#pragma once

#include "core/kernels/linear_likelihood.h"
#include "core/kernels/philox.h"

namespace drift::kernels {

/// The most coordinates that a tile of points may have.
constexpr int64_t max_probe_dims = 16;

template <class T>
struct Probes {
    LinearLikelihood<T> likelihood;  // of D; its outputs are not written
    RandomStream noise;              // of the first probe; each has a step of its own
    int64_t count = 0;
    double distance = 1;     // mu of differences, r_c of samples
    double temperature = 1;  // of samples alone
    T* gradient = nullptr;   // [n, dims]
};

/// mean_j u_j [log p(y | D + mu u_j) - log p(y | D - mu u_j)] / (2 mu)
template <class T>
void differences(Exec exec, const Probes<T>& probes);

/// Z sum_j (R_j - mean_{i != j} R_i) u_j / (r_c sum_j R_j), R_j = exp(log p(y | D + r_c u_j) / Z)
template <class T>
void policy_gradient(Exec exec, const Probes<T>& probes);

}  // namespace drift::kernels
