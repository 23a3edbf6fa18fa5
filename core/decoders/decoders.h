// The decoders that there are, x = f(z); one file each.
#pragma once

#include "core/decoder.h"
#include "core/gaussian_mixture.h"
#include "core/nets/chunks.h"

#include <memory>

namespace drift {

class Prior;

/// x = M z + o, with M [d, latent] and o [d].
std::shared_ptr<const Decoder> affine_decoder(const torch::Tensor& matrix, const torch::Tensor& offset);
/// The symmetric root of a Gaussian's covariance, which is where its probability flow leads: x = mu + Sigma^(1/2) z.
std::shared_ptr<const Decoder> gaussian_decoder(const GaussianMixture& gaussian);
/// What an affine map makes of the standard normal: N(o, M M^T).
GaussianMixture law_of(const AffineMap& map);

/// x_i = z_i^2: two places in noise for each number of the data.
std::shared_ptr<const Decoder> square_decoder(int64_t dimension);
/// x = |z|: a sphere in noise for each number of the data.
std::shared_ptr<const Decoder> ring_decoder(int64_t latent);
/// x = (|z_1|, z_2).
std::shared_ptr<const Decoder> fold_decoder();
/// z in the plane, turned by the angle strength * exp(-|z|^2 / 2). Leaves the standard normal as it is.
std::shared_ptr<const Decoder> swirl_decoder(double strength);

/// A differentiable function of pieces of so many rows, such as a network, which one decode asks `calls` times.
std::shared_ptr<const Decoder> network_decoder(ChunkFunction f, std::vector<int64_t> latent_shape,
                                               std::vector<int64_t> sample_shape, int64_t rows = chunk_size,
                                               int64_t calls = 1);

/// The probability flow of a diffusion prior from noise to data in this many steps.
std::shared_ptr<const Decoder> flow_decoder(std::shared_ptr<const Prior> prior, int64_t steps);

}  // namespace drift
