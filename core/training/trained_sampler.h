// A sampler that learns before it samples. Its first states are those of the training, `report_every` iterations apart,
// with particles of the policy as it is then; after them come a fresh start and the steps of the trained policy.
#pragma once

#include "core/sampler.h"
#include "core/training/trainer.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace drift {

struct TrainedOptions {
    nlohmann::json sampler;     // as a scenario has it, for the file of its weights
    int64_t report_every = 20;  // iterations
    std::string weights;        // a file of trained weights, which are used as they are; empty to train
    std::string checkpoint;     // a file to go on from where it is there, and to write on the way; empty for none
    std::vector<std::string> warnings;
};

/// Throws UserError where weights belong to another problem or network.
std::shared_ptr<const Sampler> trained_sampler(Task task, Model model, TrainerOptions training, TrainedOptions options);

}  // namespace drift
