// What the training panel keeps from one frame to the next.
#pragma once

#include "app/panels/training/training_history.h"

#include <string>

namespace drift {

struct TrainingView {
    TrainingHistory history;
    std::string scrubbing;  // the plot in which the mouse went down, while it is held
};

}  // namespace drift
