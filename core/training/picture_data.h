// The pictures that a fit sees, and the noise it puts on them.
#pragma once

#include "core/data/idx.h"
#include "core/torch.h"

#include <ATen/core/Generator.h>

#include <cstdint>
#include <filesystem>

namespace drift {

struct PictureData {
    LabelledPictures train;
    LabelledPictures held_out;
    double variance = 0;  // V = tr Cov[x0] / d of the training part
};

/// Reads Fashion-MNIST from `folder`; throws UserError.
PictureData read_picture_data(const std::filesystem::path& folder);

struct PictureBatch {
    torch::Tensor pictures;  // [n, 1, height, width] in [-1, 1]
    torch::Tensor labels;    // int64 [n]
};

/// `count` pictures drawn with replacement.
PictureBatch draw_batch(const LabelledPictures& set, int64_t count, at::Generator& generator);
/// The pictures first ... first + count - 1.
PictureBatch slice_batch(const LabelledPictures& set, int64_t first, int64_t count);

/// `count` draws of ln(sigma) ~ N(mean, spread^2), one in each of `count` equally likely intervals, which makes the
/// loss of a batch less noisy.
torch::Tensor stratified_log_sigma(int64_t count, double mean, double spread, at::Generator& generator);

}  // namespace drift
