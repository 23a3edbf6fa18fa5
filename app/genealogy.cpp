#include "app/genealogy.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

/// How many children each place has, summed up: children of the parent at place p get the places from result[p] to
/// result[p + 1].
std::vector<int32_t> starts_of(const Generation& parents, const std::vector<int32_t>& ancestors) {
    std::vector<int32_t> starts(parents.place.size() + 1, 0);
    for (const int32_t parent : ancestors) {
        ++starts[static_cast<size_t>(parents.place[static_cast<size_t>(parent)]) + 1];
    }
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    return starts;
}

void note_ended(Generation& parents, const std::vector<int32_t>& starts) {
    const auto childless = [&](size_t slot) {
        const auto place = static_cast<size_t>(parents.place[slot]);
        return starts[place] == starts[place + 1];
    };
    for (size_t slot = 0; slot < parents.place.size(); ++slot) {
        parents.ended_count += childless(slot) ? 1 : 0;
    }
    const int64_t stride = (parents.ended_count + static_cast<int64_t>(Genealogy::most_ended) - 1) /
                           static_cast<int64_t>(Genealogy::most_ended);
    int64_t seen = 0;
    for (size_t slot = 0; slot < parents.place.size() && stride > 0; ++slot) {
        if (childless(slot) && seen++ % stride == 0) {
            parents.ended.push_back(static_cast<int32_t>(slot));
        }
    }
}

int32_t slot_in_place(const Generation& generation, int32_t place) {
    const auto found = std::find(generation.place.begin(), generation.place.end(), place);
    return static_cast<int32_t>(found - generation.place.begin());
}

}  // namespace

int32_t Generation::end_of(size_t family) const {
    return family + 1 < families.size() ? families[family + 1].first : static_cast<int32_t>(place.size());
}

bool Genealogy::update(const Recording& recording, uint64_t recording_id, int64_t work) {
    if (recording_id != recording_id_ || recording.size() < read_) {
        forget(recording_id);
    }
    for (; read_ < recording.size() && work > 0; ++read_, --work) {
        const Frame& frame = *recording.at(read_);
        if (frame.count > most_particles) {
            too_many_ = true;
            return true;
        }
        if (all_.empty()) {
            begin(frame);
        } else if (!frame.ancestors.empty()) {
            branch(recording, frame);
            work -= 4 * frame.count;
        }
        all_.back().last = read_;
        version_ += shown_ == all_.size() ? 1 : 0;  // its lines grow longer
    }
    if (sweep_left_ == 0 && shown_ < all_.size()) {
        begin_sweep();
    }
    sweep(recording, work);
    return read_ == recording.size() && shown_ == all_.size();
}

void Genealogy::forget(uint64_t recording_id) {
    recording_id_ = recording_id;
    too_many_ = false;
    all_.clear();
    survivors_.clear();
    swept_.clear();
    read_ = 0;
    shown_ = sweep_left_ = 0;
    ++version_;
}

void Genealogy::begin(const Frame& frame) {
    Generation start;
    start.place.resize(static_cast<size_t>(frame.count));
    std::iota(start.place.begin(), start.place.end(), 0);
    for (const int32_t slot : start.place) {
        start.families.push_back({slot, slot});
    }
    start.met = frame.count == 1 ? 0 : -1;
    all_.push_back(std::move(start));
}

/// Children in the order of their parents, by slot among siblings.
void Genealogy::branch(const Recording& recording, const Frame& frame) {
    Generation& parents = all_.back();
    std::vector<int32_t> next = starts_of(parents, frame.ancestors);
    note_ended(parents, next);
    Generation children;
    for (size_t i = 0; i < parents.families.size(); ++i) {
        const int32_t first = next[static_cast<size_t>(parents.families[i].first)];
        if (first < next[static_cast<size_t>(parents.end_of(i))]) {
            children.families.push_back({parents.families[i].eve, first});
        }
    }
    children.place.reserve(frame.ancestors.size());
    for (const int32_t parent : frame.ancestors) {
        children.place.push_back(next[static_cast<size_t>(parents.place[static_cast<size_t>(parent)])]++);
    }
    children.first = read_;
    all_.push_back(std::move(children));
    all_.back().met = last_meeting(recording);
}

/// Lines do not cross, so that the particles at both ends of the order meet where all of them do.
int64_t Genealogy::last_meeting(const Recording& recording) const {
    const auto n = static_cast<int32_t>(all_.back().count());
    int32_t top = slot_in_place(all_.back(), 0);
    int32_t bottom = slot_in_place(all_.back(), n - 1);
    for (size_t g = all_.size(); g-- > 0;) {
        if (top == bottom) {
            return g + 1 == all_.size() ? all_[g].first : all_[g + 1].first - 1;
        }
        if (g > 0) {
            const std::vector<int32_t>& parent = recording.at(all_[g].first)->ancestors;
            top = parent[static_cast<size_t>(top)];
            bottom = parent[static_cast<size_t>(bottom)];
        }
    }
    return -1;
}

void Genealogy::begin_sweep() {
    swept_.resize(all_.size());
    const Generation& newest = all_.back();
    std::vector<Survivor>& all = swept_.back();
    all.assign(newest.place.size(), {});
    for (size_t slot = 0; slot < newest.place.size(); ++slot) {
        all[static_cast<size_t>(newest.place[slot])] = {static_cast<int32_t>(slot), 1, 0};
    }
    sweep_left_ = all_.size();
}

/// From the newest generation back: siblings lie together, so that one look at each survivor is enough.
void Genealogy::sweep(const Recording& recording, int64_t& work) {
    while (sweep_left_ > 1 && work > 0) {
        const size_t g = --sweep_left_;
        const std::vector<int32_t>& parent = recording.at(all_[g].first)->ancestors;
        std::vector<Survivor>& before = swept_[g - 1];
        before.clear();
        for (Survivor& survivor : swept_[g]) {
            const int32_t slot = parent[static_cast<size_t>(survivor.slot)];
            if (before.empty() || before.back().slot != slot) {
                before.push_back({slot, 0, 0});
            }
            before.back().descendants += survivor.descendants;
            survivor.parent = static_cast<int32_t>(before.size()) - 1;
        }
        work -= static_cast<int64_t>(swept_[g].size());
    }
    if (sweep_left_ == 1) {
        sweep_left_ = 0;
        shown_ = swept_.size();
        survivors_.swap(swept_);
        ++version_;
    }
}

size_t Genealogy::generation_of(int64_t step) const {
    const auto later = std::upper_bound(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(shown_), step,
                                        [](int64_t k, const Generation& generation) { return k < generation.first; });
    return static_cast<size_t>(std::max<std::ptrdiff_t>(later - all_.begin() - 1, 0));
}

double Genealogy::place_of(size_t generation, int32_t slot) const {
    const Generation& g = all_[generation];
    return (static_cast<double>(g.place[static_cast<size_t>(slot)]) + 0.5) / static_cast<double>(g.count());
}

int32_t Genealogy::slot_at(size_t generation, double place) const {
    const Generation& g = all_[generation];
    const auto row = static_cast<int64_t>(std::floor(place * static_cast<double>(g.count())));
    return slot_in_place(g, static_cast<int32_t>(std::clamp<int64_t>(row, 0, g.count() - 1)));
}

int32_t Genealogy::eve_of(size_t generation, int32_t slot) const {
    const Generation& g = all_[generation];
    const int32_t place = g.place[static_cast<size_t>(slot)];
    const auto later = std::upper_bound(g.families.begin(), g.families.end(), place,
                                        [](int32_t wanted, const Family& family) { return wanted < family.first; });
    return std::prev(later)->eve;
}

int32_t Genealogy::descendants_of(size_t generation, int32_t slot) const {
    const std::vector<Survivor>& all = survivors_.at(generation);
    const std::vector<int32_t>& place = all_[generation].place;
    const int32_t wanted = place[static_cast<size_t>(slot)];
    const auto found = std::lower_bound(all.begin(), all.end(), wanted, [&](const Survivor& survivor, int32_t at) {
        return place[static_cast<size_t>(survivor.slot)] < at;
    });
    return found != all.end() && found->slot == slot ? found->descendants : 0;
}

int32_t Genealogy::survivor_at(size_t generation, double place) const {
    const std::vector<Survivor>& all = survivors_.at(generation);
    const auto after = std::lower_bound(all.begin(), all.end(), place, [&](const Survivor& survivor, double wanted) {
        return place_of(generation, survivor.slot) < wanted;
    });
    if (after == all.begin()) {
        return after->slot;
    }
    const Survivor& before = *std::prev(after);
    const bool nearer =
        after == all.end() || place - place_of(generation, before.slot) <= place_of(generation, after->slot) - place;
    return nearer ? before.slot : after->slot;
}

std::vector<TreePoint> Genealogy::path(const Recording& recording, const ParticleRef& particle) const {
    if (empty() || !particle || particle.step >= recording.size()) {
        return {};
    }
    int64_t step = std::min(particle.step, all_[shown_ - 1].last);
    int32_t slot = recording.ancestor(particle.step, step, particle.index);
    std::vector<TreePoint> points;
    for (size_t g = generation_of(step) + 1; g-- > 0;) {
        const double place = place_of(g, slot);
        points.push_back({static_cast<double>(step), place});
        if (step > all_[g].first) {
            points.push_back({static_cast<double>(all_[g].first), place});
        }
        if (g > 0) {
            slot = recording.at(all_[g].first)->ancestors[static_cast<size_t>(slot)];
            step = all_[g - 1].last;
        }
    }
    std::reverse(points.begin(), points.end());
    return points;
}

std::vector<Meeting> Genealogy::meetings(double least_share) const {
    std::vector<Meeting> found;
    if (empty()) {
        return found;
    }
    const Generation& newest = all_[shown_ - 1];
    for (size_t i = 0; i < newest.families.size(); ++i) {
        const int32_t size = newest.end_of(i) - newest.families[i].first;
        if (static_cast<double>(size) < least_share * static_cast<double>(newest.count())) {
            continue;
        }
        // In the last generation everybody is a survivor, in the order of the places.
        int32_t top = newest.families[i].first;
        int32_t bottom = newest.end_of(i) - 1;
        size_t g = shown_ - 1;
        for (; top != bottom; --g) {
            top = survivors_[g][static_cast<size_t>(top)].parent;
            bottom = survivors_[g][static_cast<size_t>(bottom)].parent;
        }
        found.push_back({g, survivors_[g][static_cast<size_t>(top)].slot, size});
    }
    return found;
}

}  // namespace drift
