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
    std::vector<double> step, low, median, high;  // of every scored state: its 10, 50 and 90 %, as in StepNumbers
    /// At most most_traces, evenly chosen: first those that ended on the way, then those that lead to the newest state.
    std::vector<RewardTrace> traces;
    RewardTrace best, worst;  // to the particles of the newest scored state with the highest and the lowest reward

    bool empty() const { return step.empty() && traces.empty(); }
};
/// Of a whole recording, at once.
RewardPicture reward_picture(const Recording& recording);

/// The picture of a recording that grows: bands and traces that have ended stay as they are, so that a new state costs
/// no more than its own particles.
class RewardHistory {
public:
    /// Takes over states that are new since the last call, of the same recording, and stops once it has looked at
    /// `budget` particles. Returns whether nothing is left.
    bool extend(const Recording& recording, int64_t budget);
    /// Makes the traces anew that lead to the newest state taken over.
    void refresh(const Recording& recording);

    int64_t states() const { return states_; }  ///< taken over
    const RewardPicture& picture() const { return picture_; }

private:
    void add_band(const StepNumbers& numbers);
    void find_extremes(const Frame& frame);
    void add_ended(const Recording& recording, int64_t k);

    int64_t states_ = 0;
    ParticleRef best_, worst_;  // found while their state had its rewards: thinning takes those away
    bool scored_ = false;
    std::vector<RewardTrace> ended_;  // every ended_stride_-th one; at most most_traces
    int64_t ended_stride_ = 1;
    int64_t ended_seen_ = 0;
    RewardPicture picture_;
};

/// The sum of log G up to every state of a trace, for each way to split lambda r(x0) over it; see core/potential.h.
struct Potentials {
    std::vector<double> difference, max, sum, reward, none, best_of;
};
/// `finished` where the trace ends at the clean sample: then all end at its reward, but for best_of, which weighs
/// nothing.
Potentials potentials_along(const RewardTrace& trace, bool finished);

}  // namespace drift
