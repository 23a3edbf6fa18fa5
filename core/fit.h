// Training a prior or a classifier: what `driftscope fit` calls. No LibTorch in here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace drift {

struct FitOptions {
    std::string name;            // one of fits()
    std::filesystem::path data;  // folder with the data set; empty for what makes its own data
    std::filesystem::path out;   // weight file; the checkpoint is kept beside it
    int64_t iterations = 0;      // 0: as the fit suggests
    double hours = 0;            // stop after this time; 0: run all iterations
    int threads = 0;             // 0: as many as there are cores
    uint64_t seed = 1;
};

struct FitProgress {
    int64_t iteration = 0;
    int64_t iterations = 0;
    double loss = 0;             // mean since the last report
    double validation_loss = 0;  // of the moving average; NaN until it was first measured
    double per_second = 0;       // iterations, mean of this session: a short interval tells little of what is left
    double seconds_left = 0;
    bool validated = false;  // validation_loss was measured just now
};

struct FitResult {
    int64_t iteration = 0;
    double validation_loss = 0;
    double seconds = 0;  // of training, over all sessions
    bool finished = false;
};

struct FitInfo {
    std::string name;
    std::string help;
};

using FitProgressCallback = std::function<void(const FitProgress&)>;

/// What can be trained.
const std::vector<FitInfo>& fits();

/// Trains, and resumes where an earlier call was interrupted. Throws UserError, where `out` cannot be written at once.
FitResult fit(const FitOptions& options, const FitProgressCallback& report);

}  // namespace drift
