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
/// goes from one to the next and back.
class Followed {
public:
    /// In that state, whose particles may be dropped: ancestors in earlier states than theirs, descendants in later.
    void update(const PanelContext& context, int64_t step);
    bool contains(int32_t particle) const;
    bool empty() const { return here_.empty(); }
    /// Those to mark: all, or so many of them, evenly.
    std::vector<int32_t> some(size_t most) const;
    int64_t found() const { return found_; }  ///< how often somebody was looked for

private:
    const std::vector<int32_t>& kin_of(const Recording& recording, const ParticleRef& particle, int64_t step);

    FrameKey frame_;
    std::array<ParticleRef, 2> particles_;
    std::vector<int32_t> here_;                                        // in rising order
    std::map<std::pair<int64_t, int32_t>, std::vector<int32_t>> kin_;  // in that frame, by step and particle
    int64_t found_ = 0;
};

}  // namespace drift
