// The file of a training: weights to sample with, and all that is needed to go on. Written beside its place and
// renamed, so that a kill at any moment leaves the one before.
#pragma once

#include "core/training/trainer.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace drift {

/// What weights belong to: the problem, the reference and the network. Weights of another one are refused.
nlohmann::json identity_of(const Model& model, const Task& task, const std::string& method);
/// The same with what decides how a training goes on.
nlohmann::json identity_of_training(const nlohmann::json& identity, const TrainerOptions& options);

/// The same with everything else that has a say in the weights: equal ones lead to equal weights.
nlohmann::json identity_of_weights(const nlohmann::json& identity, const TrainerOptions& options);

void write_training(const std::filesystem::path& path, const TrainerState& state, const nlohmann::json& identity,
                    const nlohmann::json& training);

/// How far the training in a file has come. Throws UserError for a file of something else.
int64_t read_training_iterations(const std::filesystem::path& path);

/// Throws UserError, naming `key` and what differs, for a file of something else. `training` may be null where only the
/// weights are wanted.
TrainerState read_training(const std::filesystem::path& path, const std::string& key, const TrainerState& like,
                           const nlohmann::json& identity, const nlohmann::json& training);

}  // namespace drift
