// What the rewards panel keeps from one frame to the next.
#pragma once

#include "app/panels/rewards/reward_traces.h"

#include <cstdint>

namespace drift {

struct RewardsView {
    uint64_t recording = 0;  // of the history
    RewardHistory history;
    int64_t states = -1;   // that its traces were made of
    double refreshed = 0;  // when that was, in seconds
};

}  // namespace drift
