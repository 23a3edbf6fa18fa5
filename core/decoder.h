// A deterministic map from noise to data: x = f(z) with z ~ N(0, I) is a draw from the prior. Every method that samples
// a problem works in noise space with it, on the prior N(0, I) and the likelihood p(y | f(z)) (design.md, idea 3).
#pragma once

#include "core/torch.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace drift {

/// f(z) of a batch together with its Jacobian, J = df/dz, as a product.
struct Decoded {
    torch::Tensor x;                                              // [n, ...]
    std::function<torch::Tensor(const torch::Tensor&)> pullback;  // w [n, ...] like x -> J^T w like z
};

/// f(z) = M z + o on flattened rows.
struct AffineMap {
    torch::Tensor matrix;  // M [d, latent] float64 on the host
    torch::Tensor offset;  // o [d] likewise
};

/// Immutable; safe to share between threads. Gradients are computed inside: neither arguments nor results ever require
/// one. Results depend on a row's own values alone.
class Decoder {
public:
    virtual ~Decoder() = default;
    virtual std::vector<int64_t> latent_shape() const = 0;  ///< of one z
    virtual std::vector<int64_t> sample_shape() const = 0;  ///< of one x
    virtual torch::Tensor decode(const torch::Tensor& z) const = 0;
    virtual Decoded linearise(const torch::Tensor& z) const = 0;
    /// The affine form behind it, or null.
    virtual const AffineMap* affine() const { return nullptr; }
    /// Denoiser calls a particle that one decode costs.
    virtual int64_t calls() const { return 0; }
};

}  // namespace drift
