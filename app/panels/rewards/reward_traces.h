// How the rewards of particles grew on their way, and what each potential of FK steering makes of one way
// (guidance.md 1.6.9). Plain values, free of ImGui.
#pragma once

#include "app/view.h"

#include "core/recording.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace drift {

inline constexpr size_t most_traces = 200;

/// The rewards of one particle and its ancestors at the scored states, oldest first.
struct RewardTrace {
    ParticleRef end;           // the particle that it leads to
    std::vector<double> step;  // scored states
    std::vector<double> reward;
    bool survives = true;  // else nobody at the next state descends from its end
};
RewardTrace reward_trace(const Recording& recording, const ParticleRef& end);

struct RewardPicture {
    std::vector<double> step, low, median, high;  // of every scored state: 10, 50 and 90 % of the particles
    /// At most most_traces, evenly chosen: first those that ended on the way, then those that lead to the newest state.
    std::vector<RewardTrace> traces;
    RewardTrace best, worst;  // to the particles of the newest state with the highest and the lowest reward

    bool empty() const { return step.empty(); }
};
RewardPicture reward_picture(const Recording& recording);

/// The sum of log G up to every state of a trace, for three ways to split lambda r(x0) over it.
struct Potentials {
    std::vector<double> difference, max, sum;
};
/// `finished` where the trace ends at the clean sample: then all three end at its reward.
Potentials potentials_along(const RewardTrace& trace, bool finished);

}  // namespace drift
