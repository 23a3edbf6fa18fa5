// A prior with a closed form: every product of the denoiser and its Jacobian comes from one fused kernel.
#pragma once

#include "core/kernels/product_of_lines.h"
#include "core/problem.h"

#include <optional>
#include <vector>

namespace drift {

/// `mixture` in float64; particles in any floating type and place. `decoder` may be null: a single Gaussian has an
/// affine one of its own. Throws UserError for too many dimensions.
std::shared_ptr<const Prior> mixture_prior(GaussianMixture mixture, std::shared_ptr<const Decoder> decoder = nullptr);

/// Reads "covariance": a number, a vector of d or a matrix [d, d] for all components, or a list with one of these per
/// component. A vector of d is a diagonal and a matrix [d, d] a full covariance, also where there are d components.
/// Throws UserError naming the key where the shape fits none of these or a covariance is not positive definite.
void set_covariances(GaussianMixture& mixture, const Array& covariance);

/// What the kernel wants of a mixture, in host memory.
class KernelMixture {
public:
    explicit KernelMixture(const GaussianMixture& mixture);
    KernelMixture(const KernelMixture&) = delete;
    KernelMixture& operator=(const KernelMixture&) = delete;

    /// The coefficients at noise sigma, on the device of `x`; `directions` [m, d] on the host, or undefined. They live
    /// in `memory`.
    template <class T>
    kernels::MixtureLevel<T> level(double sigma, const torch::Tensor& directions, const torch::Tensor& x,
                                   torch::Tensor& memory) const;

private:
    std::vector<double> log_weights_;
    std::vector<double> means_;
    std::vector<double> covariances_;
    kernels::Mixture view_;
    std::optional<kernels::ProductOfLines> lines_;
};

}  // namespace drift
