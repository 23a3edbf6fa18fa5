// Where prepare_mixture_level puts what mixture_denoise reads. All coordinates are relative to the mean of the mixture,
// and logits are in units of ln 2, so that the exponential is a plain power of two.
#pragma once

#include "core/kernels/host_device.h"
#include "core/kernels/mixture.h"

#include <cmath>

namespace drift::kernels {

/// Up to so many coordinates, mixtures with one common variance go the fast way.
constexpr int64_t max_shared_variance_dims = 2;

/// Whether `mixture` does.
bool shares_variance(const Mixture& mixture);

/// Offsets into MixtureLevel::coefficients. Head: mean of the mixture [dims], reference precision [dims], directions
/// [directions, dims]. Then one block per component:
///   shared variance: logit, u b [dims], u b (b . a) [directions, dims]   with b = mean - mean of the mixture
///   diagonal:        logit, then per coordinate b, half the precision / ln 2, G, precision less reference, precision b
///   full:            logit, b [dims], precision b [dims], inverse Cholesky factor [dims (dims + 1) / 2] by rows,
///                    G [dims, dims], precision less reference [dims, dims]
/// and last, where the factors of a product of two mixtures on the line are known, as many pairs of components, one of
/// each line: logit, u b, (u b)^2 [2]. Those of the shorter line are filled up with some that weigh next to nothing.
/// Here u^2 = precision / (2 ln 2), in which units a squared distance is a logit, precision = (Sigma_j + sigma^2 I)^-1
/// and G_j = Sigma_j (Sigma_j + sigma^2 I)^-1. The reference precision keeps the differences between components, on
/// which the Jacobian depends, from being lost at large sigma.
struct MixtureLayout {
    int64_t dims;
    int64_t directions;
    CovarianceKind kind;
    bool shared_variance;

    DRIFT_HOST_DEVICE int64_t centre() const { return 0; }
    DRIFT_HOST_DEVICE int64_t reference() const { return dims; }
    DRIFT_HOST_DEVICE int64_t direction(int64_t r) const { return (2 + r) * dims; }
    DRIFT_HOST_DEVICE int64_t component(int64_t j) const { return (2 + directions) * dims + j * stride(); }
    DRIFT_HOST_DEVICE int64_t stride() const {
        if (shared_variance) {
            return 1 + dims + directions * dims;
        }
        return kind == CovarianceKind::Full ? difference() + dims * dims : 1 + 5 * dims;
    }
    // Within the block of a component with a full covariance:
    DRIFT_HOST_DEVICE int64_t precision_b() const { return 1 + dims; }
    DRIFT_HOST_DEVICE int64_t factor() const { return 1 + 2 * dims; }
    DRIFT_HOST_DEVICE int64_t gain() const { return factor() + dims * (dims + 1) / 2; }
    DRIFT_HOST_DEVICE int64_t difference() const { return gain() + dims * dims; }
};

/// u of a shared variance v + sigma^2.
DRIFT_HOST_DEVICE inline double logit_unit(double variance) {
    return std::sqrt(0.5 * 1.4426950408889634 / variance);
}

template <class T>
DRIFT_HOST_DEVICE MixtureLayout layout_of(const MixtureLevel<T>& level) {
    return {level.dims, level.directions, level.kind, level.shared_variance};
}

}  // namespace drift::kernels
