// Trainings that the program keeps on its own account, so that a window that was closed or killed has lost little. One
// file for each training, named by all that decides how it goes on; of many the oldest leave.
#pragma once

#include "core/training/origin.h"

#include <filesystem>

namespace drift {

class KeptTraining {
public:
    KeptTraining() = default;  ///< keeps nothing
    KeptTraining(const std::filesystem::path& folder, Origin origin);

    /// How many iterations the training of before had; 0 where there is none.
    int64_t iterations() const { return iterations_; }
    /// Throws UserError where it cannot be read.
    TrainerState read(const TrainerState& like) const;
    /// Keeps `now`, which came after `before`, every other second of training and at its end. The file of a training
    /// that has come farther stays. Throws UserError where it cannot be written.
    void keep(const TrainerState& before, const TrainerState& now, bool end) const;

private:
    std::filesystem::path path_;
    Origin origin_;
    int64_t iterations_ = 0;
};

}  // namespace drift
