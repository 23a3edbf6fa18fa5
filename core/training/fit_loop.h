// The loop of every fit: Adam with warm-up and a final descent of the learning rate, a moving average of the weights,
// checkpoints. Randomness is a function of seed and iteration, so a resumed fit equals an uninterrupted one.
#pragma once

#include "core/fit.h"
#include "core/torch.h"
#include "core/training/fit_task.h"

#include <filesystem>

namespace drift {

struct FitSettings {
    int64_t iterations = 1000;
    double learning_rate = 1e-3;
    int64_t warm_up = 200;      // iterations
    double descent_from = 0.6;  // share of the iterations after which the learning rate falls to zero
    double clip = 1;            // largest norm of the gradient
    double beta1 = 0.9;         // of Adam
    double average = 0.999;     // decay of the moving average
    uint64_t seed = 1;
    double hours = 0;  // stops after this time; 0: never
    double checkpoint_seconds = 180;
    int64_t validate_every = 1000;
};

/// Everything that a fit carries from one iteration to the next, float32 [count] each.
struct FitState {
    torch::Tensor weights, average, first_moment, second_moment;
    int64_t iteration = 0;
    double seconds = 0;  // of training, over all sessions
};

FitState start_fit(const ParameterStore& parameters, uint64_t seed);

/// One iteration; returns the loss.
double fit_step(FitTask& task, const FitSettings& settings, FitState& state);

/// Throws UserError where the file is not a whole checkpoint of this very fit, with `count` parameters.
FitState read_checkpoint(const std::filesystem::path& path, int64_t count, const nlohmann::json& description,
                         uint64_t seed);
void write_checkpoint(const std::filesystem::path& path, const FitState& state, const nlohmann::json& description,
                      uint64_t seed);

/// The moving average as a weight file with 16-bit numbers.
void write_weights(const std::filesystem::path& path, const FitState& state, const ParameterStore& parameters,
                   const nlohmann::json& description);

/// Runs until the iterations or the hours are used up, resuming from `out`.checkpoint where that exists.
FitResult run_fit(FitTask& task, const FitSettings& settings, const std::filesystem::path& out,
                  const FitProgressCallback& report);

}  // namespace drift
