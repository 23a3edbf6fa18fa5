// Who the particles that are followed in all panels, the one under the mouse and the selected one, are in a state that
// is not theirs.
#pragma once

#include "app/panels/frame_key.h"
#include "app/panels/panels.h"

#include <array>
#include <cstdint>
#include <vector>

namespace drift {

/// Found again only where one of them or the state has changed: descendants are looked for among all particles.
class Followed {
public:
    /// In that state, whose particles may be dropped: ancestors in earlier states than theirs, descendants in later.
    void update(const PanelContext& context, int64_t step);
    bool contains(int32_t particle) const;
    bool empty() const { return here_.empty(); }

private:
    FrameKey frame_;
    std::array<ParticleRef, 2> particles_;
    std::vector<int32_t> here_;  // in rising order
};

}  // namespace drift
