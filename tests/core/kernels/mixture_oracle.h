// The Gaussian mixture under noise as plain LibTorch expressions in float64, everything materialised: what the fused
// kernel is tested against.
#pragma once

#include "core/kernels/normals.h"
#include "core/kernels/product_of_lines.h"
#include "core/torch.h"

#include <cmath>
#include <optional>
#include <vector>

namespace drift::test {

/// Owns what kernels::Mixture points at.
struct MixtureData {
    int64_t components;
    int64_t dims;
    kernels::CovarianceKind kind;
    torch::Tensor log_weights;  // [components]
    torch::Tensor means;        // [components, dims]
    torch::Tensor covariances;  // as in kernels::Mixture
    std::optional<kernels::ProductOfLines> lines{};

    kernels::Mixture view() const {
        return {components,
                dims,
                kind,
                log_weights.const_data_ptr<double>(),
                means.const_data_ptr<double>(),
                covariances.const_data_ptr<double>(),
                lines ? &*lines : nullptr};
    }

    /// [components, dims, dims]
    torch::Tensor matrices() const {
        switch (kind) {
            case kernels::CovarianceKind::Scalar:
                return covariances.view({-1, 1, 1}) * torch::eye(dims, torch::kFloat64);
            case kernels::CovarianceKind::Diagonal:
                return torch::diag_embed(covariances);
            default:
                return covariances;
        }
    }
};

/// Fixed pseudo-random numbers in [-1, 1).
inline torch::Tensor numbers(std::vector<int64_t> shape, uint64_t seed) {
    torch::Tensor out = torch::empty(shape, torch::kFloat64);
    kernels::fill_uniforms({}, {seed, kernels::Purpose::Problem, 0}, out.numel(), out.mutable_data_ptr<double>());
    return out * 2 - 1;
}

inline MixtureData random_mixture(int64_t components, int64_t dims, kernels::CovarianceKind kind, uint64_t seed) {
    using kernels::CovarianceKind;
    const torch::Tensor log_weights = numbers({components}, seed).log_softmax(0);
    const torch::Tensor means = 4 * numbers({components, dims}, seed + 1);
    torch::Tensor covariances;
    if (kind == CovarianceKind::Scalar) {
        covariances = .55 + .45 * numbers({components}, seed + 2);
    } else if (kind == CovarianceKind::Diagonal) {
        covariances = .55 + .45 * numbers({components, dims}, seed + 2);
    } else {
        const torch::Tensor root = numbers({components, dims, dims}, seed + 2);
        covariances = torch::matmul(root, root.transpose(1, 2)) / static_cast<double>(dims) +
                      .05 * torch::eye(dims, torch::kFloat64);
    }
    return {components, dims, kind, log_weights.contiguous(), means.contiguous(), covariances.contiguous()};
}

/// The 25-mode grid of the benchmarks: centres 4 apart, variance .3.
inline MixtureData grid_mixture() {
    torch::Tensor means = torch::empty({25, 2}, torch::kFloat64);
    for (int64_t j = 0; j < 25; ++j) {
        const int64_t column = j % 5;
        const int64_t row = j / 5;
        means[j][0] = 4. * static_cast<double>(column - 2);
        means[j][1] = 4. * static_cast<double>(row - 2);
    }
    MixtureData mixture{25,
                        2,
                        kernels::CovarianceKind::Scalar,
                        torch::full({25}, -std::log(25.), torch::kFloat64),
                        means,
                        torch::full({25}, .3, torch::kFloat64)};
    mixture.lines = kernels::product_of_lines(mixture.view());
    return mixture;
}

struct MixtureOracle {
    torch::Tensor denoised;     // [n, dims]
    torch::Tensor jacobian;     // [n, dims, dims]
    torch::Tensor log_density;  // [n]
    torch::Tensor component;    // [n] int64
};

inline MixtureOracle denoise_by_torch(const MixtureData& mixture, double sigma, const torch::Tensor& x) {
    const torch::Tensor covariance = mixture.matrices();
    const torch::Tensor noisy = covariance + sigma * sigma * torch::eye(mixture.dims, torch::kFloat64);
    const torch::Tensor precision = torch::linalg_inv(noisy);
    const torch::Tensor gain = torch::matmul(covariance, precision);
    const torch::Tensor difference = x.unsqueeze(1) - mixture.means;
    const torch::Tensor g = torch::einsum("jab,njb->nja", {precision, difference});
    const torch::Tensor log_determinant = std::get<1>(torch::linalg_slogdet(noisy));
    const torch::Tensor logits = mixture.log_weights - .5 * ((g * difference).sum(2) + log_determinant +
                                                             static_cast<double>(mixture.dims) * std::log(2 * M_PI));
    const torch::Tensor share = logits.softmax(1).unsqueeze(2);
    const torch::Tensor mean = mixture.means + torch::einsum("jab,njb->nja", {gain, difference});
    const torch::Tensor centred = g - (share * g).sum(1, true);
    const torch::Tensor jacobian = torch::einsum("nj,jab->nab", {share.squeeze(2), gain}) +
                                   sigma * sigma * torch::einsum("nja,njb->nab", {share * centred, centred});
    return {(share * mean).sum(1), jacobian, logits.logsumexp(1), logits.argmax(1)};
}

}  // namespace drift::test
