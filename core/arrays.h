// From the arrays of a scenario to tensors, with the checks and messages that every prior and condition needs.
#pragma once

#include "core/params.h"
#include "core/torch.h"

#include <string>

namespace drift {

/// A float64 CPU tensor of the same shape.
torch::Tensor to_tensor(const Array& array);

/// A vector; a single number counts as a vector of one. Throws UserError naming `key` for anything else.
torch::Tensor vector_of(const Array& array, const std::string& key);
/// A matrix; a vector counts as its single row. Throws UserError naming `key` for anything else.
torch::Tensor matrix_of(const Array& array, const std::string& key);

/// The first few numbers, row by row: "[7, 7, 14, 14]", for messages.
std::string numbers_text(const Array& array);

}  // namespace drift
