#include "app/panels/rewards/reward_traces.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace drift {
namespace {

/// Evenly chosen, at most `most`.
template <class Each>
void choose(size_t count, size_t most, const Each& each) {
    const size_t stride = std::max<size_t>((count + most - 1) / most, 1);
    for (size_t i = 0; i < count; i += stride) {
        each(i);
    }
}

}  // namespace

RewardTrace reward_trace(const Recording& recording, const ParticleRef& end) {
    RewardTrace trace;
    trace.end = end;
    int32_t index = end.index;
    for (int64_t k = std::min(end.step, recording.size() - 1); k >= 0 && index >= 0; --k) {
        const Frame& frame = *recording.at(k);
        const auto i = static_cast<size_t>(index);
        if (i < frame.rewards.size()) {
            trace.step.push_back(static_cast<double>(k));
            trace.reward.push_back(static_cast<double>(frame.rewards[i]));
        }
        index = k > 0 ? recording.ancestor(k, k - 1, index) : index;
    }
    std::reverse(trace.step.begin(), trace.step.end());
    std::reverse(trace.reward.begin(), trace.reward.end());
    return trace;
}

/// As it was measured when the state was made. Where a tenth of the particles or more are at infinity it has no ends to
/// draw.
void RewardHistory::add_band(const StepNumbers& numbers) {
    if (!std::isfinite(numbers.reward_low) || !std::isfinite(numbers.reward_high)) {
        return;
    }
    picture_.step.push_back(static_cast<double>(numbers.step));
    picture_.low.push_back(numbers.reward_low);
    picture_.median.push_back(numbers.reward_median);
    picture_.high.push_back(numbers.reward_high);
}

void RewardHistory::find_extremes(const Frame& frame) {
    const std::vector<float>& all = frame.rewards;
    const auto lower = [](float a, float b) { return a < b || (std::isnan(b) && !std::isnan(a)); };
    const auto below = [](float a, float b) { return a < b || (std::isnan(a) && !std::isnan(b)); };
    const auto particle = [&](auto at) { return ParticleRef{states_, static_cast<int32_t>(at - all.begin())}; };
    worst_ = particle(std::min_element(all.begin(), all.end(), lower));
    best_ = particle(std::max_element(all.begin(), all.end(), below));
}

/// Particles of state k that the resampling there left without children. Where they get too many, every second one of
/// those kept is forgotten, and from there on only every second one is taken.
void RewardHistory::add_ended(const Recording& recording, int64_t k) {
    const std::vector<int32_t>& parents = recording.at(k + 1)->ancestors;
    if (parents.empty()) {
        return;
    }
    std::vector<bool> has_children(static_cast<size_t>(recording.at(k)->count), false);
    for (const int32_t parent : parents) {
        has_children[static_cast<size_t>(parent)] = true;
    }
    for (size_t i = 0; i < has_children.size(); ++i) {
        if (has_children[i] || ended_seen_++ % ended_stride_ != 0) {
            continue;
        }
        ended_.push_back(reward_trace(recording, {k, static_cast<int32_t>(i)}));
        ended_.back().survives = false;
        if (ended_.size() > most_traces) {
            for (size_t j = 1; 2 * j < ended_.size(); ++j) {
                ended_[j] = std::move(ended_[2 * j]);
            }
            ended_.resize((ended_.size() + 1) / 2);
            ended_stride_ *= 2;
        }
    }
}

bool RewardHistory::extend(const Recording& recording, int64_t budget) {
    for (; states_ < recording.size() && budget > 0; ++states_) {
        const Frame& frame = *recording.at(states_);
        if (!std::isnan(frame.numbers.reward_median)) {
            add_band(frame.numbers);
            scored_ = true;
        }
        if (!frame.rewards.empty()) {
            find_extremes(frame);
        }
        if (states_ > 0) {
            add_ended(recording, states_ - 1);
        }
        budget -= frame.count;
    }
    return states_ == recording.size();
}

void RewardHistory::refresh(const Recording& recording) {
    picture_.traces.clear();
    if (!scored_) {
        return;
    }
    choose(ended_.size(), most_traces / 2, [this](size_t i) { picture_.traces.push_back(ended_[i]); });
    const int64_t newest = states_ - 1;
    const auto alive = static_cast<size_t>(recording.at(newest)->count);
    choose(alive, most_traces - picture_.traces.size(), [&](size_t i) {
        picture_.traces.push_back(reward_trace(recording, {newest, static_cast<int32_t>(i)}));
    });
    picture_.best = reward_trace(recording, best_);
    picture_.worst = reward_trace(recording, worst_);
}

RewardPicture reward_picture(const Recording& recording) {
    RewardHistory history;
    history.extend(recording, std::numeric_limits<int64_t>::max());
    history.refresh(recording);
    return history.picture();
}

Potentials potentials_along(const RewardTrace& trace, bool finished) {
    Potentials total;
    double highest = -std::numeric_limits<double>::infinity();  // not 0: rewards may all be below it
    double running = 0;
    double max_so_far = 0;
    double sum_so_far = 0;
    double none = 0;
    for (size_t j = 0; j < trace.reward.size(); ++j) {
        const double r = trace.reward[j];
        if (finished && j + 1 == trace.reward.size()) {
            // log G = lambda r(x0) less what was given before: every split adds up to the same.
            max_so_far = sum_so_far = running = none = r;
        } else {
            highest = std::max(highest, r);
            running += r;
            max_so_far += highest;  // log G_j = max of r_i, i <= j
            sum_so_far += running;  // log G_j = sum of r_i, i <= j
        }
        total.difference.push_back(r);  // log G_j = r_j - r_{j-1}, with 0 before the first
        total.max.push_back(max_so_far);
        total.sum.push_back(sum_so_far);
        total.reward.push_back(running);  // log G_j = r_j
        total.none.push_back(none);
        total.best_of.push_back(0);
    }
    return total;
}

}  // namespace drift
