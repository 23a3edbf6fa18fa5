// The recording of a run: live view, scrubber, export and tests all read it. Bounded in memory: where the bound is
// reached, the arrays of every second frame that may be thinned are dropped, oldest first and as they have to be. Those
// of resampled states are spared until nothing else is left, those of the first and last state always, and so are
// weights, ancestors and numbers of all: every resampling can be looked at and every family followed. interface.md 3.3.
#pragma once

#include "core/frame.h"
#include "core/scene.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace drift {

/// Not for use from two threads at once; copies are cheap and share the frames.
class Recording {
public:
    explicit Recording(int64_t max_bytes = int64_t{1} << 30) : max_bytes_(max_bytes) {}

    void start(std::shared_ptr<const Scene> scene);  ///< forgets what was there
    /// Goes on with what is known after a change of live parameters; keeps what was there.
    void adjust(std::shared_ptr<const Scene> scene) { scene_ = std::move(scene); }
    void append(FramePtr frame);

    const std::shared_ptr<const Scene>& scene() const { return scene_; }
    int64_t size() const { return static_cast<int64_t>(frames_.size()); }
    bool empty() const { return frames_.empty(); }
    const FramePtr& at(int64_t k) const { return frames_.at(static_cast<size_t>(k)); }
    /// The nearest state at or before k that still has its arrays.
    int64_t with_arrays(int64_t k) const;

    int64_t bytes() const { return bytes_; }
    int64_t max_bytes() const { return max_bytes_; }
    bool thinned() const { return thinned_; }

    /// The index in state `from` of the ancestor of particle i of state `to`, to >= from (guidance.md 2.4).
    int32_t ancestor(int64_t to, int64_t from, int32_t i) const;

private:
    void thin();
    void drop_arrays(FramePtr& frame);

    std::shared_ptr<const Scene> scene_;
    std::vector<FramePtr> frames_;
    int64_t max_bytes_;
    int64_t bytes_ = 0;
    int64_t stride_ = 1;  // of the states between, one in so many keeps its arrays
    int64_t next_ = 1;    // the state that is looked at next
    bool spares_resampled_ = true;
    bool thinned_ = false;
};

}  // namespace drift
