// What the rewards panel keeps from one frame to the next.
#pragma once

#include "app/panels/rewards/reward_traces.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace drift {

/// At least, between two refreshes of the traces while a run goes on.
inline constexpr double refresh_seconds = 0.2;

struct RewardsView {
    uint64_t recording = 0;  // of the history
    RewardHistory history;
    int64_t states = -1;   // that its traces were made of
    double refreshed = 0;  // when that was, in seconds

    /// Seconds until the traces are to be made anew: infinitely many where they show all states taken over. `over`
    /// where no other state will come.
    double due_in(bool over, double now) const {
        if (states == history.states()) {
            return std::numeric_limits<double>::infinity();
        }
        return over || states <= 0 ? 0 : std::max(refreshed + refresh_seconds - now, 0.0);
    }
};

}  // namespace drift
