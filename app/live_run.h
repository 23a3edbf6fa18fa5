// The window's end of the runner: sends scenarios, takes news, and decides when a new recording takes the place of the
// one on screen. The old picture stays, dimmed, until the new one has something to show at the same place, so that the
// screen never goes blank (interface.md 3.2). Knows no thread: commands leave through a function, news are handed in.
#pragma once

#include "core/recording.h"
#include "core/runner.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace drift {

class LiveRun {
public:
    explicit LiveRun(std::function<void(Command)> post, int64_t max_bytes = int64_t{1} << 30);

    /// The scenario as edited: goes on where only live parameters changed in a run that is under way, else starts
    /// again. A preview has fewer particles than the scenario asks for and is followed by another order.
    void order(const Scenario& scenario, bool preview = false);
    /// Begins again whatever changed; where it is to resume, with the training that is kept of it.
    void restart(const Scenario& scenario, bool resume = false);
    void compute(bool on);  ///< lets the worker go on or rest
    /// Passes on a SampleNow or LearnOn for the run on screen, and lets the worker go on.
    void tell(Command command);

    /// What news() changed, for the log and the playhead.
    struct Changes {
        bool any = false;
        bool replaced = false;  // another recording is on screen now
        bool finished = false;  // the run on screen has ended
        std::string error;
        std::vector<Note> notes;
    };
    /// Takes over news; `playhead` is the state that must be there before a new recording is shown, `now` in seconds.
    Changes take(News news, double playhead, double now);

    const Recording& shown() const { return shown_.recording; }
    /// Of the run that is to be shown next, before its first state is there; else null.
    const Scene* coming() const { return coming_ ? coming_->recording.scene().get() : nullptr; }
    /// How far what the run that is waited for needs is, such as the training of its prior; null where it needs none.
    const SetUpProgress* set_up() const { return set_up_ ? &*set_up_ : nullptr; }
    /// Of the recording on screen: what turned out on the way, besides those of its scene.
    const std::vector<std::string>& warnings() const { return shown_.warnings; }
    const Summary* summary() const { return shown_.summary ? &*shown_.summary : nullptr; }
    /// What the recording on screen is a run of; with live parameters as they are by now.
    const Scenario& scenario() const { return shown_.scenario; }
    uint64_t recording_id() const { return shown_.id; }
    bool stale() const { return awaiting_ || coming_.has_value(); }
    bool running() const { return running_; }
    bool computing() const { return computing_; }
    bool preview() const { return shown_.preview; }             ///< the recording on screen is one
    bool preview_ordered() const { return order_is_preview_; }  ///< the newest order was for one
    const std::string& error() const { return error_; }         ///< why the newest scenario could not run, else empty

private:
    struct Take {
        Recording recording;
        std::optional<Summary> summary;
        uint64_t id = 0;
        double first_frame = -1;
        bool preview = false;
        Scenario scenario = {};
        std::vector<std::string> warnings = {};
    };
    struct Order {
        Scenario scenario;
        bool preview = false;
    };

    /// What the worker has: the run whose news came last.
    const Take& newest() const { return coming_ ? *coming_ : shown_; }
    bool came_back(const Scenario& scenario) const;
    void take_up_again(const Scenario& scenario, bool preview);
    void expect(const Scenario& scenario, bool preview);
    void answer(uint64_t revision, Take& take);
    void take_error(News& news, Changes& changes);
    bool ready(double playhead, double now) const;
    void let_go(std::optional<Take> take);

    std::function<void(Command)> post_;
    int64_t max_bytes_;
    Take shown_;
    std::optional<Take> coming_;
    std::optional<SetUpProgress> set_up_;
    uint64_t revision_ = 0;             // of the newest order
    std::map<uint64_t, Order> orders_;  // whose news have not come yet
    bool order_is_preview_ = false;
    uint64_t last_id_ = 0;
    bool awaiting_ = false;  // ordered, and no news of it yet
    bool running_ = false;
    bool computing_ = true;
    bool refused_ = false;  // the newest scenario was, before it began: the run before it stays where it was
    std::string error_;
    std::jthread cleaner_;  // gives old recordings back
};

}  // namespace drift
