// LibTorch's tensors and what is computed with them, under the names that namespace torch has for them: for every file
// that computes. <torch/types.h> brings TorchScript's types and autograd's factories besides, whose templates each file
// would instantiate again: a quarter of the time that it takes to compile. Includes nothing of ours, as it is compiled
// beforehand.
//
// torch::tensor is at::tensor here: a row of numbers, [1] of a single one, and not of their own type but of the default
// one (float32, of integers too) where options name none. So name the type always; who wants nested lists includes
// <torch/types.h> after this.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

// LibTorch's names; in torch they would be second definitions of those in <torch/types.h>.
// NOLINTBEGIN(readability-identifier-naming)
namespace at {
constexpr auto kUInt8 = kByte;
constexpr auto kInt8 = kChar;
constexpr auto kInt16 = kShort;
constexpr auto kInt32 = kInt;
constexpr auto kInt64 = kLong;
constexpr auto kFloat16 = kHalf;
constexpr auto kFloat32 = kFloat;
constexpr auto kFloat64 = kDouble;
}  // namespace at
// NOLINTEND(readability-identifier-naming)

namespace torch {
using namespace at;  // NOLINT(google-build-using-namespace)
}
