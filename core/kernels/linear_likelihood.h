// log N(y; A x, noise^2 I) and its gradient, particle by particle, for measurements of few values. A product of
// matrices would round differently for different numbers of particles.
#pragma once

#include "core/kernels/exec.h"

namespace drift::kernels {

constexpr int64_t max_likelihood_rows = 16;

template <class T>
struct LinearLikelihood {
    int64_t n = 0;
    int64_t dims = 0;
    int64_t rows = 0;             // at most max_likelihood_rows
    const T* matrix = nullptr;    // [rows, dims]
    const T* observed = nullptr;  // [rows]
    double noise = 1;
    const T* x = nullptr;              // [n, dims]
    double* log_likelihood = nullptr;  // [n]
    T* gradient = nullptr;             // [n, dims] with respect to x; or null
};

template <class T>
void linear_likelihood(Exec exec, const LinearLikelihood<T>& task);

}  // namespace drift::kernels
