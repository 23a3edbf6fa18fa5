// What linear_twist.h computes for a tile of particles; mixture_twist.cu runs it right after their denoiser.
#pragma once

#include "core/kernels/lane_math.h"
#include "core/kernels/linear_residual.h"
#include "core/kernels/linear_twist.h"

namespace drift::kernels {

/// Dims coordinates and Rows observed numbers, or any number where these are 0. The coefficients are A [rows, dims],
/// y [rows], the part of S that all particles share [rows, rows], and the floor of its pivots.
template <class T, int Dims, int Rows>
struct Twist {
    using Real = T;
    static constexpr int max_rows = Rows == 0 ? static_cast<int>(max_twist_rows) : Rows;
    LinearTwist<T> twist;
    TwistTask<T> task;

    DRIFT_HOST_DEVICE int64_t dims() const { return Dims == 0 ? twist.dims : Dims; }
    DRIFT_HOST_DEVICE int rows() const { return Rows == 0 ? static_cast<int>(twist.rows) : Rows; }
    DRIFT_HOST_DEVICE const T* matrix() const { return twist.coefficients; }
    DRIFT_HOST_DEVICE const T* observation() const { return matrix() + rows() * dims(); }
    DRIFT_HOST_DEVICE const T* shared_covariance() const { return observation() + rows(); }
    DRIFT_HOST_DEVICE T floor() const { return shared_covariance()[rows() * rows()]; }

    /// Row r of J A^T, coordinate k, of a tile of particles.
    template <class L>
    DRIFT_INLINE typename L::Real jacobian(int64_t first, int valid, int r, int64_t k) const {
        const int64_t columns = rows() * dims();
        return load_column<L>(task.jacobian_directions + first * columns, columns, r * dims() + k, valid);
    }

    template <class L>
    DRIFT_INLINE void tile(int64_t first, int valid) const {
        using V = typename L::Real;
        V e[max_rows], whitened[max_rows];
        linear_residual<L, Dims>(matrix(), observation(), rows(), dims(), task.denoised + first * dims(), valid, e);
        V square{};
        for (int r = 0; r < rows(); ++r) {
            whitened[r] = e[r];
            square += e[r] * e[r];
        }
        if (task.residual_norm != nullptr) {
            store_column<L>(task.residual_norm + first, 1, 0, valid, sqrt_lanes<L>(square));
        }
        V factor[max_rows][max_rows];
        covariance<L>(first, valid, factor);
        const V log_determinant = decompose<L>(factor);
        solve_lower<L>(factor, whitened);
        if (task.log_psi != nullptr) {
            V quadratic = log_determinant + static_cast<T>(1.8378770664093453 * rows());
            for (int r = 0; r < rows(); ++r) {
                quadratic += whitened[r] * whitened[r];
            }
            store_doubles<L>(task.log_psi + first, valid, V(quadratic * T(-0.5)));
        }
        if (task.pull == nullptr) {
            return;
        }
        if (twist.error == ErrorModel::Unit) {
            const V norm = sqrt_lanes<L>(square);
            for (int r = 0; r < rows(); ++r) {
                whitened[r] = norm > T(0) ? e[r] / norm : norm;
            }
        } else {
            solve_upper<L>(factor, whitened);
        }
        store_pull<L>(first, valid, whitened);
    }

    /// S, of which only the lower triangle is written. A J A^T is symmetric up to rounding and the errors of a network:
    /// take the mean of both halves.
    template <class L>
    DRIFT_INLINE void covariance(int64_t first, int valid, typename L::Real (&s)[max_rows][max_rows]) const {
        for (int r = 0; r < rows(); ++r) {
            for (int q = 0; q <= r; ++q) {
                s[r][q] = every_lane<L>(shared_covariance()[r * rows() + q]);
            }
        }
        if (twist.error != ErrorModel::Tweedie) {
            return;
        }
        const T half_noise = static_cast<T>(0.5 * twist.sigma * twist.sigma);
        if constexpr (Dims > 0 && Rows == 1) {  // rows as a whole: a column would be read number by number
            typename L::Real row[Dims];
            load_rows<L>(task.jacobian_directions + first * Dims, valid, row);
            for (int k = 0; k < Dims; ++k) {
                const typename L::Real half = row[k] * half_noise * matrix()[k];
                s[0][0] += half + half;
            }
        } else {
            for (int64_t k = 0; k < dims(); ++k) {
                typename L::Real column[max_rows];
                for (int r = 0; r < rows(); ++r) {
                    column[r] = jacobian<L>(first, valid, r, k) * half_noise;
                }
                for (int r = 0; r < rows(); ++r) {
                    for (int q = 0; q <= r; ++q) {
                        s[r][q] += column[q] * matrix()[r * dims() + k] + column[r] * matrix()[q * dims() + k];
                    }
                }
            }
        }
    }

    /// Cholesky factor in place, with the reciprocal of the diagonal on the diagonal; returns log det S. As C has no
    /// negative eigenvalue, no pivot can lie below the observation's own variance except by rounding, or by the errors
    /// of a network.
    template <class L>
    DRIFT_INLINE typename L::Real decompose(typename L::Real (&s)[max_rows][max_rows]) const {
        using V = typename L::Real;
        V log_determinant{};
        for (int r = 0; r < rows(); ++r) {
            for (int q = 0; q < r; ++q) {
                for (int k = 0; k < q; ++k) {
                    s[r][q] -= s[r][k] * s[q][k];
                }
                s[r][q] = s[r][q] * s[q][q];
            }
            for (int k = 0; k < r; ++k) {
                s[r][r] -= s[r][k] * s[r][k];
            }
            const V pivot = s[r][r] < floor() ? every_lane<L>(floor()) : s[r][r];
            log_determinant += log_lanes<L>(pivot);
            s[r][r] = T(1) / sqrt_lanes<L>(pivot);
        }
        return log_determinant;
    }

    template <class L>
    DRIFT_INLINE void solve_lower(const typename L::Real (&factor)[max_rows][max_rows],
                                  typename L::Real (&v)[max_rows]) const {
        for (int r = 0; r < rows(); ++r) {
            for (int k = 0; k < r; ++k) {
                v[r] -= factor[r][k] * v[k];
            }
            v[r] = v[r] * factor[r][r];
        }
    }

    template <class L>
    DRIFT_INLINE void solve_upper(const typename L::Real (&factor)[max_rows][max_rows],
                                  typename L::Real (&v)[max_rows]) const {
        for (int r = rows() - 1; r >= 0; --r) {
            for (int k = r + 1; k < rows(); ++k) {
                v[r] -= factor[k][r] * v[k];
            }
            v[r] = v[r] * factor[r][r];
        }
    }

    /// sigma^2 J A^T v, or J A^T v where there is no S.
    template <class L>
    DRIFT_INLINE void store_pull(int64_t first, int valid, const typename L::Real (&v)[max_rows]) const {
        using V = typename L::Real;
        const T scale = twist.error == ErrorModel::Unit ? T(1) : static_cast<T>(twist.sigma * twist.sigma);
        if constexpr (Dims > 0 && Rows == 1) {
            V pull[Dims];
            load_rows<L>(task.jacobian_directions + first * Dims, valid, pull);
            for (int k = 0; k < Dims; ++k) {
                pull[k] = pull[k] * v[0] * scale;
            }
            store_rows<L>(task.pull + first * Dims, valid, pull);
        } else {
            for (int64_t k = 0; k < dims(); ++k) {
                V pull{};
                for (int r = 0; r < rows(); ++r) {
                    pull += jacobian<L>(first, valid, r, k) * v[r];
                }
                store_column<L>(task.pull + first * dims(), dims(), k, valid, V(pull * scale));
            }
        }
    }
};

}  // namespace drift::kernels
