// Standard normal numbers from the counter-based generator.
#pragma once

#include "core/kernels/exec.h"
#include "core/kernels/philox.h"

namespace drift::kernels {

/// The standard normal number of one component of one particle; what fill_normals writes there, up to rounding.
double normal(RandomStream stream, uint64_t particle, uint64_t component);

/// Writes standard normal numbers to `out` [n, dims]. float and double get the same numbers up to rounding. Below 2^32
/// particles and 2^26 components.
template <class T>
void fill_normals(Exec exec, RandomStream stream, int64_t n, int64_t dims, T* out);

/// Writes uniform numbers in [0, 1) to `out` [n]: uniform(stream, i, 0).
void fill_uniforms(Exec exec, RandomStream stream, int64_t n, double* out);

}  // namespace drift::kernels
