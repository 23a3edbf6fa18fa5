#include "app/live_run.h"

#include <utility>

namespace drift {
namespace {

/// A slow run is shown from its first states on after this time, even where the playhead is farther.
constexpr double patience_seconds = 0.25;
constexpr int64_t large_recording = int64_t{64} << 20;

}  // namespace

LiveRun::LiveRun(std::function<void(Command)> post, int64_t max_bytes)
    : post_(std::move(post)), max_bytes_(max_bytes), shown_{Recording(max_bytes), {}, 0, -1} {}

void LiveRun::order(const Scenario& scenario, bool preview) {
    const bool under_way = running_ && computing_;
    if (came_back(scenario)) {
        take_up_again(scenario, preview);
        return;
    }
    expect(scenario, preview);
    if (under_way) {
        post_(Adjust{scenario, revision_});
    } else {
        computing_ = true;
        post_(Start{scenario, revision_, false});
    }
}

/// Whether this is what the worker has a run of, after something else was asked for and refused.
bool LiveRun::came_back(const Scenario& scenario) const {
    const Take& there = newest();
    return refused_ && !there.recording.empty() && same_values(there.scenario, scenario) &&
           there.scenario.folder == scenario.folder;
}

/// A run that has ended is what is wanted as it is; one that has not goes on, with all that it has learned.
void LiveRun::take_up_again(const Scenario& scenario, bool preview) {
    if (newest().summary) {
        refused_ = false;
        order_is_preview_ = preview;
        error_.clear();
        return;
    }
    expect(scenario, preview);
    computing_ = true;
    post_(Adjust{scenario, revision_});
    post_(Play{true});
}

void LiveRun::expect(const Scenario& scenario, bool preview) {
    ++revision_;
    order_is_preview_ = preview;
    orders_[revision_] = {scenario, preview};
    awaiting_ = true;
    running_ = true;
    refused_ = false;
    error_.clear();
}

void LiveRun::restart(const Scenario& scenario, bool resume) {
    expect(scenario, false);
    computing_ = true;
    post_(Start{scenario, revision_, false, resume});
}

void LiveRun::compute(bool on) {
    computing_ = on;
    post_(Play{on});
}

void LiveRun::tell(Command command) {
    post_(std::move(command));
    compute(true);
}

/// A recording of a gigabyte takes a tenth of a second to give back: not on the thread that draws.
void LiveRun::let_go(std::optional<Take> take) {
    if (take && take->recording.bytes() > large_recording) {
        cleaner_ = std::jthread([old = std::move(*take)] {});
    }
}

bool LiveRun::ready(double playhead, double now) const {
    if (!coming_ || coming_->recording.empty()) {
        return false;
    }
    return shown_.recording.empty() || coming_->summary || !running_ ||
           static_cast<double>(coming_->recording.size()) > playhead || now - coming_->first_frame > patience_seconds;
}

/// The news are of that order: older ones that were skipped are not answered any more.
void LiveRun::answer(uint64_t revision, Take& take) {
    if (const auto order = orders_.find(revision); order != orders_.end()) {
        take.scenario = std::move(order->second.scenario);
        take.preview = order->second.preview;
    }
    orders_.erase(orders_.begin(), orders_.upper_bound(revision));
}

/// Where an older order failed, the newest is still to come.
void LiveRun::take_error(News& news, Changes& changes) {
    if (news.failed >= revision_) {
        error_ = news.error;
        refused_ = news.revision < revision_;
        running_ = awaiting_ = false;
    }
    changes.error = std::move(news.error);
    changes.any = true;
}

LiveRun::Changes LiveRun::take(News news, double playhead, double now) {
    Changes changes;
    if (news.set_up) {
        set_up_ = news.set_up;
        changes.any = true;
    } else if (news.scene || !news.error.empty()) {
        set_up_.reset();
    }
    if (news.scene) {
        let_go(std::exchange(coming_, std::nullopt));
        coming_ = Take{Recording(max_bytes_), {}, ++last_id_, -1};
        coming_->recording.start(news.scene);
        changes.any = true;
    }
    Take& target = coming_ ? *coming_ : shown_;
    if (news.error.empty()) {
        answer(news.revision, target);
    }
    if (target.summary && !news.frames.empty()) {  // a finished run goes on
        target.summary.reset();
        running_ = true;
    }
    if (news.adjusted_scene) {
        target.recording.adjust(std::move(news.adjusted_scene));
        changes.any = true;
    }
    for (FramePtr& frame : news.frames) {
        if (target.first_frame < 0) {
            target.first_frame = now;
        }
        target.recording.append(std::move(frame));
        changes.any = true;
    }
    for (std::string& warning : news.warnings) {
        target.warnings.push_back(std::move(warning));
        changes.any = true;
    }
    changes.any = changes.any || !news.notes.empty();
    changes.notes = std::move(news.notes);
    if (news.summary && news.revision >= revision_) {
        target.summary = std::move(news.summary);
        running_ = false;
        changes.finished = !coming_;
        changes.any = true;
    }
    if (news.revision >= revision_) {
        awaiting_ = false;
    }
    if (!news.error.empty()) {
        take_error(news, changes);
    }
    if (ready(playhead, now)) {
        let_go(std::exchange(shown_, std::move(*coming_)));
        coming_.reset();
        changes.replaced = changes.any = true;
        changes.finished = shown_.summary.has_value();
    }
    return changes;
}

}  // namespace drift
