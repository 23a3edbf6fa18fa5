// Who the particles that are followed in all panels, the one under the mouse and the selected one, are in a state that
// is not theirs.
#pragma once

#include "app/panels/frame_key.h"
#include "app/panels/panels.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace drift {

/// Kept for every particle as long as the state is shown: descendants are looked for among all particles, and the mouse
/// goes from one to the next and back. From a state to a later one they are followed on.
class Followed {
public:
    /// In that state, whose particles may be dropped: ancestors in earlier states than theirs, descendants in later.
    /// Returns whether anything about them is new.
    bool update(const PanelContext& context, int64_t step);
    bool contains(int32_t particle) const;
    bool empty() const { return here_.empty(); }
    /// Those to mark: all that either particle is here, or so many of them, evenly; in rising order.
    std::vector<int32_t> some(size_t most) const;
    int64_t found() const { return found_; }  ///< how often somebody was looked for

private:
    using Kin = std::map<std::pair<int64_t, int32_t>, std::vector<int32_t>>;  // by step and particle

    const std::vector<int32_t>& kin_of(const Recording& recording, const ParticleRef& particle, int64_t step);

    FrameKey frame_;
    std::array<ParticleRef, 2> particles_;
    std::array<std::vector<int32_t>, 2> each_;  // of the two, in rising order
    std::vector<int32_t> here_;                 // of both
    Kin kin_, before_;                          // in that frame, and in the one shown before
    int64_t before_step_ = 0;
    size_t kept_ = 0;  // numbers in kin_
    int64_t found_ = 0;
};

}  // namespace drift
