// What trained weights come of, and in which keys of the scenario two such origins differ.
#pragma once

#include "core/training/trainer.h"

#include <nlohmann/json.hpp>
#include <string>

namespace drift {

struct Origin {
    nlohmann::json weights;   ///< identity_of()
    nlohmann::json training;  ///< identity_of_training(); null where only the weights are wanted
    nlohmann::json sampler;   ///< its keys as a scenario has them, for messages; null where they are not known
};

/// What weights belong to: the problem, the reference and the network. Weights of another one are refused.
nlohmann::json identity_of(const Model& model, const Task& task, const std::string& method);
/// The same with what decides how a training goes on.
nlohmann::json identity_of_training(const nlohmann::json& identity, const TrainerOptions& options);
/// The same with everything else that has a say in the weights: equal ones lead to equal weights.
nlohmann::json identity_of_weights(const nlohmann::json& identity, const TrainerOptions& options);

/// Why weights of `file` are not those that `asked` asks for, key by key; empty where they are.
std::string difference_of_weights(const Origin& file, const Origin& asked);
/// The same of trainings.
std::string difference_of_trainings(const Origin& file, const Origin& asked);

}  // namespace drift
