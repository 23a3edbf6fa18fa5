// Reader of the idx.gz files that MNIST-like data sets come in.
#pragma once

#include "core/torch.h"

#include <filesystem>

namespace drift {

/// Pictures with their classes. Bytes as stored: 0 is background, 255 is white.
struct LabelledPictures {
    torch::Tensor pictures;  // uint8 [n, height, width]
    torch::Tensor labels;    // int64 [n]

    int64_t size() const { return pictures.size(0); }
    /// The pictures with these indices (int64 [m]) as float32 [m, 1, height, width] in [-1, 1].
    torch::Tensor normalised(const torch::Tensor& indices) const;
};

/// An array of unsigned bytes; throws UserError for anything that is not a whole idx file of `dimensions` dimensions.
torch::Tensor read_idx(const std::filesystem::path& path, int dimensions);

/// Fashion-MNIST, or any set with its file names and ten classes: "train" or "t10k". Throws UserError.
LabelledPictures read_fashion_mnist(const std::filesystem::path& folder, const std::string& part);

/// Where Debian's package dataset-fashion-mnist puts the files.
inline constexpr const char* fashion_mnist_folder = "/usr/share/datasets/fashion-mnist";

}  // namespace drift
