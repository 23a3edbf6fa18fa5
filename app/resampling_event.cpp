#include "app/resampling_event.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace drift {
namespace {

/// Methods that climb a ladder weigh and resample before they move: the state they lead to is marked. All others
/// resample the state that they have come to.
bool weighs_first(const Recording& recording) {
    return recording.scene() != nullptr && recording.scene()->ladder;
}

}  // namespace

bool has_resampling(const Recording& recording, int64_t step) {
    if (step < 0 || step >= recording.size() || !recording.at(step)->numbers.resampled) {
        return false;
    }
    const int64_t children = weighs_first(recording) ? step : step + 1;
    return children > 0 && children < recording.size() && !recording.at(children)->ancestors.empty();
}

std::optional<ResamplingEvent> resampling_at(const Recording& recording, int64_t step) {
    if (!has_resampling(recording, step)) {
        return std::nullopt;
    }
    ResamplingEvent event;
    event.step = step;
    event.children = weighs_first(recording) ? step : step + 1;
    event.parents = event.children - 1;
    const Frame& parents = *recording.at(event.parents);
    event.weights = event.parents == step ? parents.weights : recording.at(event.children)->parent_weights;
    event.ancestors = recording.at(event.children)->ancestors;
    event.counts.assign(static_cast<size_t>(parents.count), 0);
    for (const int32_t parent : event.ancestors) {
        ++event.counts[static_cast<size_t>(parent)];
    }
    for (const int32_t count : event.counts) {
        event.survivors += count > 0 ? 1 : 0;
        event.largest_family = std::max(event.largest_family, count);
    }
    return event;
}

int64_t resampled_state(const Recording& recording, int64_t step, int direction) {
    const int64_t by = direction > 0 ? 1 : -1;
    for (int64_t k = std::min(step, recording.size() - 1) + direction; k >= 0 && k < recording.size(); k += by) {
        if (has_resampling(recording, k)) {
            return k;
        }
    }
    return -1;
}

bool drawn_by_run(const Recording& recording, const ResamplingEvent& event, const std::vector<int32_t>& drawn) {
    for (int64_t k = recording.size() - 1; k > event.children; --k) {
        if (recording.at(k)->edited) {
            return drawn == event.counts;
        }
    }
    return true;
}

std::vector<int32_t> heaviest_parents(const ResamplingEvent& event, size_t most) {
    std::vector<int32_t> order(event.counts.size());
    std::iota(order.begin(), order.end(), 0);
    const auto heavier = [&event](int32_t a, int32_t b) {
        const auto i = static_cast<size_t>(a);
        const auto j = static_cast<size_t>(b);
        if (!event.weights.empty() && event.weights[i] != event.weights[j]) {
            return event.weights[i] > event.weights[j];
        }
        return event.counts[i] != event.counts[j] ? event.counts[i] > event.counts[j] : a < b;
    };
    most = std::min(most, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(), heavier);
    order.resize(most);
    return order;
}

std::vector<int32_t> children_of(const ResamplingEvent& event, const std::vector<int32_t>& parents) {
    std::vector<int32_t> next(event.counts.size(),
                              -1);  // where the next child of each goes; -1 where none is asked for
    int32_t count = 0;
    for (const int32_t parent : parents) {
        next[static_cast<size_t>(parent)] = count;
        count += event.counts[static_cast<size_t>(parent)];
    }
    std::vector<int32_t> children(static_cast<size_t>(count));
    for (size_t i = 0; i < event.ancestors.size(); ++i) {
        if (int32_t& place = next[static_cast<size_t>(event.ancestors[i])]; place >= 0) {
            children[static_cast<size_t>(place++)] = static_cast<int32_t>(i);
        }
    }
    return children;
}

}  // namespace drift
