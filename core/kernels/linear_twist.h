// The twisting function of TDS, and the guidance of DPS, PiGDM and TMPD, for y = A x0 + noise with few rows:
// psi(x) = N(y; A D, S). specs/guidance.md 1.5 and 1.6.8.
#pragma once

#include "core/kernels/exec.h"

namespace drift::kernels {

constexpr int64_t max_twist_rows = 16;

/// point: S = sigma_y^2 I. pigdm: S = sigma_y^2 I + r^2 A A^T. tweedie: S = sigma_y^2 I + sigma^2 A J A^T, per
/// particle. unit: no S at all, the pull is J A^T e / |e| (the norm form of DPS).
enum class ErrorModel { Point, Pigdm, Tweedie, Unit };

/// The observation on the host.
struct LinearObservation {
    int64_t rows = 0;
    int64_t dims = 0;
    const double* matrix = nullptr;       // A [rows, dims]
    const double* observation = nullptr;  // y [rows]
    double noise_variance = 0;            // sigma_y^2
};

/// What the kernel needs at one noise level, prepared by prepare_linear_twist.
template <class T>
struct LinearTwist {
    int64_t rows = 0;
    int64_t dims = 0;
    ErrorModel error = ErrorModel::Point;
    double sigma = 0;
    const T* coefficients = nullptr;
};

/// How many numbers prepare_linear_twist writes.
int64_t linear_twist_size(const LinearObservation& observation);

/// Prepares the twist at noise sigma; `spread_squared` is r^2 of pigdm. Throws std::invalid_argument for more than
/// max_twist_rows rows.
template <class T>
LinearTwist<T> prepare_linear_twist(const LinearObservation& observation, ErrorModel error, double sigma,
                                    double spread_squared, T* coefficients);

/// What to compute for `n` particles; every output may be null.
template <class T>
struct TwistTask {
    int64_t n = 0;
    const T* denoised = nullptr;  // D [n, dims]
    const T* jacobian_directions =
        nullptr;                 // J A^T [n, rows, dims]; may be null where only log_psi of a fixed S is wanted
    double* log_psi = nullptr;   // [n] log N(y; A D, S) with its constant; log_psi of `unit` is that of point
    T* pull = nullptr;           // [n, dims] sigma^2 J A^T S^-1 e, the Delta of 1.5 at zeta = 1
    T* residual_norm = nullptr;  // [n] |e|
};

template <class T>
void linear_gaussian_twist(Exec exec, const LinearTwist<T>& twist, const TwistTask<T>& task);

}  // namespace drift::kernels
