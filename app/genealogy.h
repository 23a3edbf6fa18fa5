// The family tree of a recording, built as the recording grows: in which order the particles of a state are drawn so
// that families lie together and no lines cross, who of them has descendants in the newest state, and where these meet
// (interface.md 5.5, guidance.md 2.4). Plain values, free of ImGui.
#pragma once

#include "app/view.h"

#include "core/recording.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace drift {

/// An unbroken row of places that belongs to the descendants of one particle of the start.
struct Family {
    int32_t eve = 0;
    int32_t first = 0;  // place; the next family begins where this one ends
};

/// A particle with descendants in the newest generation.
struct Survivor {
    int32_t slot = 0;
    int32_t descendants = 0;  // there
    int32_t parent = 0;       // index among the survivors of the generation before
};

/// The states between two resamplings: nobody changes slot.
struct Generation {
    int64_t first = 0, last = 0;   // states
    std::vector<int32_t> place;    // [n] of each slot, counted from the top; children in the order of their parents
    std::vector<Family> families;  // in the order of their places
    std::vector<int32_t> ended;    // slots without children in the next generation, evenly chosen
    int64_t ended_count = 0;       // of all of these
    int64_t met = -1;              // the last state in which all of this generation have one ancestor; -1 for none

    int64_t count() const { return static_cast<int64_t>(place.size()); }
    /// One past the last place of that family.
    int32_t end_of(size_t family) const;
};

/// A point of the drawn tree: a state, and the middle of a slot's row in [0, 1] from the top.
struct TreePoint {
    double step = 0;
    double place = 0;
};

/// The last common ancestor of the survivors of one family.
struct Meeting {
    size_t generation = 0;
    int32_t slot = 0;
    int32_t descendants = 0;
};

class Genealogy {
public:
    static constexpr int64_t most_particles = 65'536;  // a place for each of them at every resampling has to be kept
    static constexpr size_t most_ended = 64;           // of a generation

    /// Takes over what the recording has gained, but begins nothing new after having looked at `work` particles.
    /// Returns whether everything is there; ask again in the next frame where it is not.
    bool update(const Recording& recording, uint64_t recording_id, int64_t work);

    /// Grows whenever something else is to be drawn.
    uint64_t version() const { return version_; }
    bool too_many() const { return too_many_; }
    bool empty() const { return shown_ == 0; }
    int64_t count() const { return empty() ? 0 : all_.front().count(); }
    /// The generations whose survivors are known; these are seen from the last of them.
    std::span<const Generation> generations() const { return {all_.data(), shown_}; }
    /// In the order of their places.
    const std::vector<Survivor>& survivors(size_t generation) const { return survivors_.at(generation); }

    /// The generation of a state; the last one for later states.
    size_t generation_of(int64_t step) const;
    double place_of(size_t generation, int32_t slot) const;         ///< in [0, 1], as in TreePoint
    int32_t slot_at(size_t generation, double place) const;         ///< whose row holds that place
    int32_t eve_of(size_t generation, int32_t slot) const;          ///< the first ancestor
    int32_t descendants_of(size_t generation, int32_t slot) const;  ///< in the last generation
    int32_t survivor_at(size_t generation, double place) const;     ///< the slot of the survivor next to it
    /// From the start to the particle through its ancestors.
    std::vector<TreePoint> path(const Recording& recording, const ParticleRef& particle) const;
    /// One for each family that has at least this share of the last generation.
    std::vector<Meeting> meetings(double least_share) const;

private:
    void forget(uint64_t recording_id);
    void begin(const Frame& frame);
    void branch(const Recording& recording, const Frame& frame);
    int64_t last_meeting(const Recording& recording) const;
    void begin_sweep();
    void sweep(const Recording& recording, int64_t& work);

    uint64_t recording_id_ = 0;
    bool too_many_ = false;
    std::vector<Generation> all_;  // as far as the recording has been read
    int64_t read_ = 0;             // states
    size_t shown_ = 0;             // generations
    std::vector<std::vector<Survivor>> survivors_;
    // Survivors as seen from a newer generation, from which they are followed back
    std::vector<std::vector<Survivor>> swept_;
    size_t sweep_left_ = 0;  // generations to go; 0 where no sweep is under way
    uint64_t version_ = 0;
};

}  // namespace drift
