// Gaussian mixtures in closed form, in float64 on the CPU: the oracle behind everything exact (guidance.md O1 to O3).
// The fast path of a run is core/kernels/mixture.h; this file is what it is tested against.
#pragma once

#include "core/random.h"
#include "core/torch.h"

#include <cstdint>

namespace drift {

struct LinearGaussian;

enum class CovarianceKind { Scalar, Diagonal, Full };

/// sum_j w_j N(m_j, Sigma_j). Weights sum to one.
struct GaussianMixture {
    torch::Tensor weights;      // [J]
    torch::Tensor means;        // [J, d]
    torch::Tensor covariances;  // [J], [J, d] or [J, d, d], by kind
    CovarianceKind kind = CovarianceKind::Scalar;

    int64_t components() const { return means.size(0); }
    int64_t dimension() const { return means.size(1); }
    torch::Tensor full_covariances() const;  ///< [J, d, d]
    double data_variance() const;            ///< V = tr Cov[x0] / d

    /// log p_sigma(x) [n] for rows x [n, d], p_sigma = sum_j w_j N(m_j, Sigma_j + sigma^2 I).
    torch::Tensor log_density(const torch::Tensor& x, double sigma = 0) const;
    /// log of w_j N(x; m_j, Sigma_j + sigma^2 I), [n, J].
    torch::Tensor log_joint(const torch::Tensor& x, double sigma) const;
    /// E[x0 | x] [n, d].
    torch::Tensor denoise(const torch::Tensor& x, double sigma) const;
    /// Cov[x0 | x] [n, d, d] = sigma^2 J (Tweedie).
    torch::Tensor denoised_covariance(const torch::Tensor& x, double sigma) const;
    /// `count` draws [count, d]; row i depends on (seed, purpose, i) alone.
    torch::Tensor sample(int64_t count, const Random& random, kernels::Purpose purpose) const;
};

/// The posterior of a mixture under a linear Gaussian measurement: a mixture again, with log Z = log p(y).
struct MixturePosterior {
    GaussianMixture posterior;
    double log_z = 0;
};
MixturePosterior exact_posterior(const GaussianMixture& prior, const LinearGaussian& measurement);

/// The exact log p(y | x_sigma) [n] and the parts it is made of: the ideal twist (guidance.md O3).
torch::Tensor exact_log_twist(const GaussianMixture& prior, const LinearGaussian& measurement, const torch::Tensor& x,
                              double sigma);

}  // namespace drift
