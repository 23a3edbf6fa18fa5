// Sums over particles: a tile of fixed size gives partial sums, and these are joined in order on the host.
#pragma once

#include "core/kernels/lane_math.h"
#include "core/kernels/parallel_for.h"

#include <vector>

namespace drift::kernels {

constexpr int weight_tile = 1024;
constexpr int partials_per_tile = 14;

inline int64_t weight_tiles(int64_t n) {
    return (n + weight_tile - 1) / weight_tile;
}

/// 0 in the first `valid` lanes, `otherwise` behind them.
template <class L>
DRIFT_INLINE typename L::Real zero_up_to(int valid, double otherwise) {
    typename L::Real value{};
    if constexpr (L::bytes == 0) {
        return valid > 0 ? value : otherwise;
    } else {
        for (int l = valid; l < L::count; ++l) {
            value[l] = otherwise;
        }
        return value;
    }
}

/// The lanes of a load of doubles that lie within the tile, and `otherwise` in the rest.
template <class L>
DRIFT_INLINE typename L::Real load_doubles(const double* from, int valid, double otherwise) {
    typename L::Real value = every_lane<L>(otherwise);
    if constexpr (L::bytes == 0) {
        return valid > 0 ? *from : value;
    } else {
        if (valid >= L::count) {
            __builtin_memcpy(&value, from, sizeof(value));
        } else {
            for (int l = 0; l < valid; ++l) {
                value[l] = from[l];
            }
        }
        return value;
    }
}

/// Lanes added up from the first to the last.
template <class L>
DRIFT_INLINE double sum_of_lanes(const typename L::Real& value) {
    const typename L::Real copy = value;
    double sum = 0;
    for (int l = 0; l < L::count; ++l) {
        sum += lane<L>(copy, l);
    }
    return sum;
}

template <class L>
DRIFT_INLINE double largest_lane(const typename L::Real& value) {
    const typename L::Real copy = value;
    double largest = lane<L>(copy, 0);
    for (int l = 1; l < L::count; ++l) {
        largest = largest < lane<L>(copy, l) ? lane<L>(copy, l) : largest;
    }
    return largest;
}

#ifndef __CUDACC__
/// The partial sums of all tiles, on the host.
class Partials {
public:
    Partials(Exec exec, const double* scratch, int64_t n) : tiles_(weight_tiles(n)), data_(scratch) {
        if (exec.on_gpu) {
            copy_.resize(static_cast<size_t>(tiles_ * partials_per_tile));
            copy_to_host(exec, copy_.data(), scratch, copy_.size() * sizeof(double));
            data_ = copy_.data();
        }
    }

    int64_t tiles() const { return tiles_; }
    const double* operator[](int64_t tile) const { return data_ + tile * partials_per_tile; }

private:
    int64_t tiles_;
    const double* data_;
    std::vector<double> copy_;
};
#endif

}  // namespace drift::kernels
