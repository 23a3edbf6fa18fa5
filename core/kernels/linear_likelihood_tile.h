// What linear_likelihood.h computes for a tile of particles; gain_pull.cu runs it right after their denoiser.
#pragma once

#include "core/kernels/lane_math.h"
#include "core/kernels/linear_likelihood.h"
#include "core/kernels/linear_residual.h"

namespace drift::kernels {

/// log N(0; 0, noise^2 I) of `rows` numbers.
template <class T>
double log_constant(const LinearLikelihood<T>& task) {
    return -0.5 * static_cast<double>(task.rows) * std::log(2 * M_PI * task.noise * task.noise);
}

/// Dims coordinates and Rows observed numbers, or any number where these are 0.
template <class T, int Dims, int Rows>
struct EvaluateLinearLikelihood {
    using Real = T;
    static constexpr int max_rows = Rows == 0 ? static_cast<int>(max_likelihood_rows) : Rows;
    LinearLikelihood<T> task;
    double log_constant;

    DRIFT_HOST_DEVICE int64_t dims() const { return Dims == 0 ? task.dims : Dims; }
    DRIFT_HOST_DEVICE int rows() const { return Rows == 0 ? static_cast<int>(task.rows) : Rows; }

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        const T precision = static_cast<T>(1 / (task.noise * task.noise));
        V residual[max_rows]{}, squares{};
        linear_residual<L, Dims>(task.matrix, task.observed, rows(), dims(), task.x + first * dims(), valid, residual);
        for (int r = 0; r < rows(); ++r) {
            squares += residual[r] * residual[r] * precision;
            residual[r] = residual[r] * precision;
        }
        store_doubles<L>(task.log_likelihood + first, valid, V(squares * T(-0.5) + static_cast<T>(log_constant)));
        if (task.gradient != nullptr) {
            store_gradient<L>(first, valid, residual);
        }
    }

    template <class L>
    DRIFT_INLINE void store_gradient(int64_t first, int valid, const typename L::Real (&weighted)[max_rows]) const {
        using V = typename L::Real;
        T* gradient = task.gradient + first * dims();
        if constexpr (Dims > 0) {
            V sum[Dims]{};
            for (int r = 0; r < rows(); ++r) {
                for (int k = 0; k < Dims; ++k) {
                    sum[k] += weighted[r] * task.matrix[r * Dims + k];
                }
            }
            store_rows<L>(gradient, valid, sum);
        } else {
            for (int64_t k = 0; k < dims(); ++k) {
                V sum{};
                for (int r = 0; r < rows(); ++r) {
                    sum += weighted[r] * task.matrix[r * dims() + k];
                }
                store_column<L>(gradient, dims(), k, valid, sum);
            }
        }
    }
};

}  // namespace drift::kernels
