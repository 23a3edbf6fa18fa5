// Up to four coordinates of a tile of particles at a time, as many as one block of random words serves: whole rows
// where their length is known when compiling, columns with a stride where it is not.
#pragma once

#include "core/kernels/lanes.h"

namespace drift::kernels {

/// Coordinates that a block has, for rows of `Dims` coordinates, or of any number where Dims is 0.
template <int Dims>
constexpr int block_width = Dims == 0 ? 4 : Dims;

/// Coordinates k, k + 1, ... of the rows that start at `rows`; those beyond `dims` are left as they are.
template <class L, int Dims, int Width>
DRIFT_INLINE void load_block(const typename L::Scalar* rows, int64_t dims, int64_t k, int valid,
                             typename L::Real (&value)[Width]) {
    static_assert(Width == block_width<Dims>, "a block is a row, or four coordinates of it");
    if constexpr (Dims > 0) {
        load_rows<L>(rows, valid, value);
    } else {
        for (int i = 0; i < Width && k + i < dims; ++i) {
            value[i] = load_column<L>(rows, dims, k + i, valid);
        }
    }
}

template <class L, int Dims, int Width>
DRIFT_INLINE void store_block(typename L::Scalar* rows, int64_t dims, int64_t k, int valid,
                              const typename L::Real (&value)[Width]) {
    static_assert(Width == block_width<Dims>, "a block is a row, or four coordinates of it");
    if constexpr (Dims > 0) {
        store_rows<L>(rows, valid, value);
    } else {
        for (int i = 0; i < Width && k + i < dims; ++i) {
            store_column<L>(rows, dims, k + i, valid, value[i]);
        }
    }
}

}  // namespace drift::kernels
