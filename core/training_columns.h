// The numbers of a training by name: the columns of training.csv, and how earlier rows are kept with a checkpoint.
#pragma once

#include "core/training_numbers.h"

#include <functional>
#include <string>
#include <vector>

namespace drift {

struct TrainingColumn {
    std::string name;
    std::function<double(const TrainingNumbers&)> value;
    std::function<void(TrainingNumbers&, double)> set;
};

/// Those of training.csv.
const std::vector<TrainingColumn>& training_columns();
/// All that a report says, for a training that is gone on with.
const std::vector<TrainingColumn>& kept_training_columns();

}  // namespace drift
