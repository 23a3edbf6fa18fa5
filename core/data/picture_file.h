// A picture from a data set or from a PNG or NPY file, in the numbers that the priors know.
#pragma once

#include "core/params.h"
#include "core/torch.h"

#include <string>
#include <vector>

namespace drift {

/// A picture of `shape` [channels, height, width] as float32 in [-1, 1]; relative files start from `folder`. Throws
/// UserError where the source cannot be read or has another size.
torch::Tensor read_picture(const ImageSource& source, const std::vector<int64_t>& shape, const std::string& folder);

/// A grey or colour PNG file, float32 [1, height, width] in [-1, 1]; throws UserError.
torch::Tensor read_png(const std::string& path);

/// An NPY file: float32 or float64 in [-1, 1], or bytes; [height, width] or with leading sizes of 1. Throws UserError.
torch::Tensor read_npy_picture(const std::string& path);

}  // namespace drift
