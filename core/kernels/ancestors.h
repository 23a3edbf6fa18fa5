// Drawing ancestors from weights. All schemes give sorted ancestors. specs/guidance.md 2.3.
#pragma once

#include "core/kernels/exec.h"
#include "core/kernels/philox.h"

namespace drift::kernels {

/// Running sum of the normalised weights exp(log_weights - log_sum) into `cumulative` [n], non-decreasing; -infinity
/// and NaN add nothing. `scratch` has weight_scratch_size(n) doubles.
void cumulative_weights(Exec exec, int64_t n, const double* log_weights, double log_sum, double* cumulative,
                        double* scratch);

/// Parents and children of a resampling; the numbers may differ.
struct Resampling {
    int64_t parents = 0;
    int64_t children = 0;
    const double* cumulative = nullptr;  // [parents] non-decreasing, the last one positive
    int32_t* ancestors = nullptr;        // [children] written, non-decreasing; a parent of weight zero has no children
};

/// Child i descends from the first parent whose cumulative weight exceeds (i + offset) / children of the total;
/// `offset` lies in [0, 1).
void systematic_ancestors(Exec exec, const Resampling& resampling, double offset);

/// Child i at (i + U_i) / children of the total, with a uniform number of its own.
void stratified_ancestors(Exec exec, const Resampling& resampling, RandomStream stream);

/// Every child draws its parent independently: `children` sorted uniform numbers, from the normalised running sum of
/// exponential spacings. `positions` [children + 1] is overwritten, `scratch` has weight_scratch_size(children + 1)
/// doubles.
void multinomial_ancestors(Exec exec, const Resampling& resampling, RandomStream stream, double* positions,
                           double* scratch);

/// Copies row ancestors[i] of `from` [parents, columns] to row i of `to` [children, columns]; for float, double,
/// int32_t and int64_t.
template <class T>
void gather_rows(Exec exec, int64_t children, int64_t columns, const int32_t* ancestors, const T* from, T* to);

}  // namespace drift::kernels
