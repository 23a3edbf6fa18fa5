#include "core/kernels/linear_likelihood.h"

#include "core/kernels/lane_math.h"

namespace drift::kernels {

template <class T>
struct EvaluateLinearLikelihood {
    using Real = T;
    LinearLikelihood<T> task;
    double log_constant;

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        const T* x = task.x + first * task.dims;
        const T precision = static_cast<T>(1 / (task.noise * task.noise));
        V residual[max_likelihood_rows]{}, squares{};
        for (int64_t r = 0; r < task.rows; ++r) {
            V e = every_lane<L>(task.observed[r]);
            for (int64_t k = 0; k < task.dims; ++k) {
                e -= load_column<L>(x, task.dims, k, valid) * task.matrix[r * task.dims + k];
            }
            squares += e * e * precision;
            residual[r] = e * precision;
        }
        store_doubles<L>(task.log_likelihood + first, valid, V(squares * T(-0.5) + static_cast<T>(log_constant)));
        for (int64_t k = 0; task.gradient != nullptr && k < task.dims; ++k) {
            V sum{};
            for (int64_t r = 0; r < task.rows; ++r) {
                sum += residual[r] * task.matrix[r * task.dims + k];
            }
            store_column<L>(task.gradient + first * task.dims, task.dims, k, valid, sum);
        }
    }
};

DRIFT_ON_GPU(EvaluateLinearLikelihood<float>)
DRIFT_ON_GPU(EvaluateLinearLikelihood<double>)

#ifndef __CUDACC__

template <class T>
void linear_likelihood(Exec exec, const LinearLikelihood<T>& task) {
    const double log_constant = -0.5 * static_cast<double>(task.rows) * std::log(2 * M_PI * task.noise * task.noise);
    parallel_for(exec, task.n, EvaluateLinearLikelihood<T>{task, log_constant});
}
template void linear_likelihood(Exec, const LinearLikelihood<float>&);
template void linear_likelihood(Exec, const LinearLikelihood<double>&);

#endif

}  // namespace drift::kernels
