// How far apart two sets of pictures are: the Frechet distance between Gaussians fitted to a classifier's features of
// them, |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Heusel et al. 2017, with a classifier of the data at hand).
#pragma once

#include "core/nets/classifier.h"
#include "core/nets/trained.h"
#include "core/torch.h"

#include <cstdint>

namespace drift {

/// Of feature rows a [n, d] and b [m, d], with n and m above d.
double frechet_distance(const torch::Tensor& a, const torch::Tensor& b);

/// The features [n, features] of pictures [n, 1, height, width] in [-1, 1].
torch::Tensor picture_features(const Classifier& classifier, const torch::Tensor& pictures);

/// `count` pictures, an equal share of every class one class after the other, by reverse diffusion (eta = 1) over
/// `steps` levels of the EDM schedule from sigma 10 to 0.02; [count, channels, image, image].
torch::Tensor sample_prior(const TrainedDenoiser& net, int64_t count, int64_t steps, uint64_t seed);

}  // namespace drift
