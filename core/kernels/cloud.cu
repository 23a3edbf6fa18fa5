#include "core/kernels/cloud.h"

#include "core/kernels/parallel_for.h"
#include "core/kernels/weight_tiles.h"

#include <algorithm>

namespace drift::kernels {

DRIFT_INLINE int64_t moment_count(int64_t dims, Moments moments) {
    return moments == Moments::Covariance ? dims * (dims + 1) / 2 : dims;
}

/// Adds a particle's share of all moments, or those of a register of particles; x[k] is coordinate k, less the mean
/// where moments are about it.
template <class V, class X>
DRIFT_INLINE void add_moments(int64_t dims, Moments moments, const V& weight, const X& x, V* totals) {
    for (int64_t row = 0; row < dims; ++row) {
        const V apart = weight * x[row];
        if (moments != Moments::Covariance) {
            totals[row] += moments == Moments::Mean ? apart : V(apart * x[row]);
            continue;
        }
        for (int64_t k = 0; k <= row; ++k) {
            *totals++ += apart * x[k];
        }
    }
}

/// The coordinates of one particle, less `mean` where there is one.
template <class T>
struct Deviations {
    const T* x;
    const double* mean;

    DRIFT_INLINE double operator[](int64_t k) const {
        return static_cast<double>(x[k]) - (mean == nullptr ? 0 : mean[k]);
    }
};

/// The sums of one tile of particles.
template <class T>
struct SumUpCloud {
    using Real = T;
    static constexpr int tile_size = weight_tile;
    WeightedCloud<T> cloud;
    Moments moments;
    const double* mean;  // [dims], or null for moments about 0
    double* sums;        // [tiles, moments]

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int count) const {
        const int64_t entries = moment_count(cloud.dims, moments);
        double* sum = sums + first / weight_tile * entries;
        if constexpr (L::bytes != 0) {  // as many particles as a register holds, where their moments are few
            using Doubles = Lanes<double, L::bytes>;
            if (cloud.dims == 1) {
                return add_by_lanes<Doubles, 1>(first, count, sum);
            }
            if (cloud.dims == 2) {
                return add_by_lanes<Doubles, 2>(first, count, sum);
            }
        }
        for (int64_t e = 0; e < entries; ++e) {
            sum[e] = 0;
        }
        const double even = exp_nonpositive<Lanes<double, 0>>(-cloud.log_sum);
        for (int64_t i = first; i < first + count; ++i) {
            const double weight = cloud.log_weights == nullptr
                                      ? even
                                      : exp_nonpositive<Lanes<double, 0>>(cloud.log_weights[i] - cloud.log_sum);
            if (weight > 0) {
                add_moments(cloud.dims, moments, weight, Deviations<T>{cloud.x + i * cloud.dims, mean}, sum);
            }
        }
    }

    template <class D, int Dims>
    DRIFT_INLINE void add_by_lanes(int64_t first, int count, double* sum) const {
        using V = typename D::Real;
        V totals[Dims * (Dims + 1) / 2]{};
        for (int i = 0; i < count; i += D::count) {
            const int valid = count - i < D::count ? count - i : D::count;
            const V log_weight = cloud.log_weights != nullptr
                                     ? load_doubles<D>(cloud.log_weights + first + i, valid, -__builtin_inf())
                                     : zero_up_to<D>(valid, -__builtin_inf());
            const V share = exp_nonpositive<D>(log_weight - cloud.log_sum);
            const V weight = share > 0 ? share : V{};
            V x[Dims]{};
            for (int k = 0; k < Dims; ++k) {
                for (int l = 0; l < valid; ++l) {
                    x[k][l] = static_cast<double>(cloud.x[(first + i + l) * Dims + k]);
                }
                x[k] = share > 0 ? V(x[k] - (mean == nullptr ? 0 : mean[k])) : V{};
            }
            add_moments(Dims, moments, weight, x, totals);
        }
        for (int64_t e = 0; e < moment_count(Dims, moments); ++e) {
            sum[e] = sum_of_lanes<D>(totals[e]);
        }
    }
};

DRIFT_ON_GPU(SumUpCloud<float>)
DRIFT_ON_GPU(SumUpCloud<double>)

#ifndef __CUDACC__

int64_t cloud_scratch_size(int64_t n, int64_t dims, Moments moments) {
    return weight_tiles(n) * moment_count(dims, moments) + dims;
}

template <class T>
std::vector<double> cloud_moments(Exec exec, const WeightedCloud<T>& cloud, Moments moments,
                                  const std::vector<double>& mean, double* scratch) {
    const int64_t tiles = weight_tiles(cloud.n);
    const int64_t entries = moment_count(cloud.dims, moments);
    double* mean_there = nullptr;
    if (moments != Moments::Mean) {
        mean_there = scratch + tiles * entries;
        copy_from_host(exec, mean_there, mean.data(), mean.size() * sizeof(double));
    }
    parallel_for(exec, cloud.n, SumUpCloud<T>{cloud, moments, mean_there, scratch});
    std::vector<double> partial(static_cast<size_t>(tiles * entries));
    copy_to_host(exec, partial.data(), scratch, partial.size() * sizeof(double));
    std::vector<double> total(static_cast<size_t>(entries), 0.0);
    for (size_t i = 0; i < partial.size(); ++i) {
        total[i % total.size()] += partial[i];
    }
    return total;
}
template std::vector<double> cloud_moments(Exec, const WeightedCloud<float>&, Moments, const std::vector<double>&,
                                           double*);
template std::vector<double> cloud_moments(Exec, const WeightedCloud<double>&, Moments, const std::vector<double>&,
                                           double*);

#endif

}  // namespace drift::kernels
