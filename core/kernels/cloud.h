// Mean and covariance of a weighted cloud: sums over tiles of fixed size in float64, joined in order, so that they are
// the same for any number of threads. specs/guidance.md 2.6, "adapt from the weighted cloud".
#pragma once

#include "core/kernels/exec.h"

#include <vector>

namespace drift::kernels {

template <class T>
struct WeightedCloud {
    int64_t n = 0;
    int64_t dims = 0;
    const T* x = nullptr;                 // [n, dims]
    const double* log_weights = nullptr;  // [n]; null for equal ones
    double log_sum = 0;                   // logsumexp of them; log n for equal ones
};

enum class Moments { Mean, Variances, Covariance };

/// Doubles of scratch memory on the device that cloud_moments wants.
int64_t cloud_scratch_size(int64_t n, int64_t dims, Moments moments);

/// The mean [dims], or about `mean` (on the host) the variances [dims] or the lower triangle of the covariance, row by
/// row. Particles of weight zero count for nothing, whatever they are.
template <class T>
std::vector<double> cloud_moments(Exec exec, const WeightedCloud<T>& cloud, Moments moments,
                                  const std::vector<double>& mean, double* scratch);

}  // namespace drift::kernels
