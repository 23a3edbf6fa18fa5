#include "core/kernels/linear_twist.h"

#include "core/kernels/linear_twist_tile.h"
#include "core/kernels/parallel_for.h"

#include <algorithm>

namespace drift::kernels {

DRIFT_ON_GPU(Twist<float, 2, 1>)
DRIFT_ON_GPU(Twist<float, 0, 0>)
DRIFT_ON_GPU(Twist<double, 2, 1>)
DRIFT_ON_GPU(Twist<double, 0, 0>)

#ifndef __CUDACC__

int64_t linear_twist_size(const LinearObservation& observation) {
    const int64_t m = observation.rows;
    return m * observation.dims + m + m * m + 1;
}

template <class T>
LinearTwist<T> prepare_linear_twist(const LinearObservation& observation, ErrorModel error, double sigma,
                                    double spread_squared, T* coefficients) {
    const int64_t m = observation.rows;
    const int64_t d = observation.dims;
    if (m < 1 || m > max_twist_rows) {
        throw std::invalid_argument("the linear twist takes 1 to 16 rows");
    }
    const auto narrow = [](double value) { return static_cast<T>(value); };
    const double* matrix = observation.matrix;
    T* out = std::transform(matrix, matrix + m * d, coefficients, narrow);
    out = std::transform(observation.observation, observation.observation + m, out, narrow);
    for (int64_t r = 0; r < m; ++r) {
        for (int64_t q = 0; q < m; ++q) {
            double s = r == q ? observation.noise_variance : 0;
            for (int64_t k = 0; k < d && error == ErrorModel::Pigdm; ++k) {
                s += spread_squared * matrix[r * d + k] * matrix[q * d + k];
            }
            *out++ = narrow(s);
        }
    }
    *out = narrow(std::max(observation.noise_variance, 1e-30));
    return {m, d, error, sigma, coefficients};
}
template LinearTwist<float> prepare_linear_twist(const LinearObservation&, ErrorModel, double, double, float*);
template LinearTwist<double> prepare_linear_twist(const LinearObservation&, ErrorModel, double, double, double*);

template <class T>
void linear_gaussian_twist(Exec exec, const LinearTwist<T>& twist, const TwistTask<T>& task) {
    if (twist.dims == 2 && twist.rows == 1) {
        parallel_for(exec, task.n, Twist<T, 2, 1>{twist, task});
    } else {
        parallel_for(exec, task.n, Twist<T, 0, 0>{twist, task});
    }
}
template void linear_gaussian_twist(Exec, const LinearTwist<float>&, const TwistTask<float>&);
template void linear_gaussian_twist(Exec, const LinearTwist<double>&, const TwistTask<double>&);

#endif

}  // namespace drift::kernels
