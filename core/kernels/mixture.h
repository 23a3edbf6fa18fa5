// The denoiser of a Gaussian mixture under noise, and products with its Jacobian, particle by particle: nothing of size
// [n, components, dims] is ever held. Formulas: specs/guidance.md 6.1, O1.
#pragma once

#include "core/kernels/exec.h"

namespace drift::kernels {

enum class CovarianceKind { Scalar, Diagonal, Full };

struct ProductOfLines;  // product_of_lines.h

/// sum_j exp(log_weights[j]) N(means[j], covariance_j) on the host. `covariances` is [components] variances,
/// [components, dims] variances or [components, dims, dims] matrices.
struct Mixture {
    int64_t components = 0;
    int64_t dims = 0;
    CovarianceKind kind = CovarianceKind::Scalar;
    const double* log_weights = nullptr;  // [components]; -infinity switches a component off
    const double* means = nullptr;        // [components, dims]
    const double* covariances = nullptr;
    const ProductOfLines* lines = nullptr;  // its factors, where they are known: its sums are then those of both lines
};

/// The largest `dims` that the kernels take.
constexpr int64_t max_mixture_dims = 1024;

/// What the kernel needs at one noise level, prepared in double by prepare_mixture_level. Plain numbers that may be
/// copied to a GPU, with `coefficients` pointing there.
template <class T>
struct MixtureLevel {
    int64_t components = 0;
    int64_t dims = 0;
    int64_t directions = 0;
    CovarianceKind kind = CovarianceKind::Scalar;
    bool shared_variance = false;  // scalar, and the same for all components: the fast case
    double sigma = 0;
    double variance = 0;      // of each component where shared_variance
    int64_t line_pairs = 0;   // of components, where the mixture is a product of two on the line; else 0
    double logit_offset = 0;  // taken from all logits, in units of ln 2: where shared_variance, none is above 0
    const T* coefficients = nullptr;
};

/// How many numbers prepare_mixture_level writes, for the mixture and this many shared directions.
int64_t mixture_level_size(const Mixture& mixture, int64_t directions);

/// Prepares `mixture` under noise sigma >= 0. `directions` [rows, dims] are the vectors a whose products J a are wanted
/// (the rows of an observation matrix; null for none). Writes mixture_level_size numbers on the host. Throws
/// std::domain_error if a covariance plus sigma^2 I is not positive definite.
template <class T>
MixtureLevel<T> prepare_mixture_level(const Mixture& mixture, double sigma, const double* directions, int64_t rows,
                                      T* coefficients);

/// What to compute for `n` particles; every output may be null.
template <class T>
struct MixtureTask {
    int64_t n = 0;
    const T* x = nullptr;              // [n, dims] at noise sigma
    T* denoised = nullptr;             // [n, dims] D = E[x0 | x]
    double* log_density = nullptr;     // [n] log p_sigma(x)
    T* jacobian_directions = nullptr;  // [n, directions, dims] J a for the shared directions
    const T* vectors = nullptr;        // [n, dims] w, one vector a particle
    T* jacobian_vectors = nullptr;     // [n, dims] J w; J = C / sigma^2 is symmetric
    int32_t* component = nullptr;      // [n] the component with the largest responsibility
    T* score = nullptr;                // [n, dims] grad log p_sigma(x), also at sigma = 0
};

/// Fills the outputs of `task`. Particles far from every component get the limit of the formulas, not 0 / 0; particles
/// that are not finite get NaN.
template <class T>
void mixture_denoise(Exec exec, const MixtureLevel<T>& level, const MixtureTask<T>& task);

}  // namespace drift::kernels
