// The file of a training: weights to sample with, and all that is needed to go on. Written beside its place and
// renamed, so that a kill at any moment leaves the one before.
#pragma once

#include "core/training/origin.h"

#include <filesystem>
#include <string>

namespace drift {

/// `key` names the file in messages, and may be empty. Throws UserError.
void write_training(const std::filesystem::path& path, const std::string& key, const TrainerState& state,
                    const Origin& origin);

/// How far the training in a file has come. Throws UserError for a file of something else.
int64_t read_training_iterations(const std::filesystem::path& path);

/// Throws UserError, naming `key` and what differs, for a file of something else. Where `origin` has no training, only
/// the weights are read.
TrainerState read_training(const std::filesystem::path& path, const std::string& key, const TrainerState& like,
                           const Origin& origin);

}  // namespace drift
