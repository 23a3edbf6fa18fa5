// e = y - A x of a tile of particles, for all kernels that know a linear measurement of few values.
#pragma once

#include "core/kernels/lanes.h"

namespace drift::kernels {

/// `rows` numbers a particle, from A [rows, dims] and y [rows]; `x` points at the first particle's row.
template <class L, int Dims, int MaxRows>
DRIFT_INLINE void linear_residual(const typename L::Scalar* matrix, const typename L::Scalar* observed, int rows,
                                  int64_t dims, const typename L::Scalar* x, int valid,
                                  typename L::Real (&e)[MaxRows]) {
    for (int r = 0; r < rows; ++r) {
        e[r] = every_lane<L>(observed[r]);
    }
    if constexpr (Dims > 0) {
        typename L::Real place[Dims];
        load_rows<L>(x, valid, place);
        for (int r = 0; r < rows; ++r) {
            for (int k = 0; k < Dims; ++k) {
                e[r] -= place[k] * matrix[r * Dims + k];
            }
        }
    } else {
        for (int64_t k = 0; k < dims; ++k) {
            const typename L::Real place = load_column<L>(x, dims, k, valid);
            for (int r = 0; r < rows; ++r) {
                e[r] -= place * matrix[r * dims + k];
            }
        }
    }
}

}  // namespace drift::kernels
