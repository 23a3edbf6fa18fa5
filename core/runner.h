// The thread a run lives on. The window sends commands and collects news; nothing else crosses between the threads.
#pragma once

#include "core/frame.h"
#include "core/interruption.h"
#include "core/run.h"
#include "core/scenario.h"
#include "core/scene.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace drift {

/// Begin again with new particles. `revision` comes back with every piece of news of this run.
struct Start {
    Scenario scenario;
    uint64_t revision = 0;
    bool paused = false;  // draw the start and wait
    bool resume = false;  // go on from the training that is kept of this scenario
};
/// Parameters changed while the run goes on: continues where only Live ones did, else starts again.
struct Adjust {
    Scenario scenario;
    uint64_t revision = 0;
};
struct Play {
    bool on = true;
};
/// One step, then pause.
struct Step {};
/// Of methods that learn: sample with what was learned so far, at once and to the end.
struct SampleNow {};
/// Likewise: go on learning after that.
struct LearnOn {};
/// Likewise: write what was learned so far to a file. A note says whether that could be done.
struct SaveTraining {
    std::string path;
};
/// Compute the field of a state, because somebody looks at it; it is known when news are announced. A newer one
/// replaces one that has not been looked at. It waits for all other commands and interrupts nothing.
struct LookAtField {
    std::shared_ptr<const CorrectionField> field;
};
/// Compute on so many threads from now on; numbers do not depend on it.
struct UseThreads {
    int count = 1;
};
using Command = std::variant<Start, Adjust, Play, Step, UseThreads, SampleNow, LearnOn, SaveTraining, LookAtField>;

/// What became of a command that does not touch the run: one sentence.
struct Note {
    bool good = true;
    std::string text;
};

/// What happened since the window last asked, oldest first. News of a run that was replaced is dropped.
struct News {
    uint64_t revision = 0;
    std::shared_ptr<const Scene> scene;           // set when a run began; frames before it are obsolete
    std::shared_ptr<const Scene> adjusted_scene;  // set when a run went on with changes; its frames stay
    std::vector<FramePtr> frames;
    std::vector<std::string> warnings;  // that turned out on the way
    std::vector<Note> notes;
    std::optional<SetUpProgress> set_up;  // of what a run that has not begun is waiting for
    std::optional<Summary> summary;       // set when the run finished
    std::string error;                    // one sentence; the run stays where it was
    uint64_t failed = 0;                  // whose error that is: of an order that was refused, or of the run under way
    bool busy = false;                    // the worker is computing
};

class Runner {
public:
    /// `on_news` is called on the worker thread whenever there is something to collect.
    explicit Runner(std::function<void()> on_news, RunOptions options = {});
    ~Runner();  ///< stops within one step

    /// Commands are applied in order, between two steps and never during one. A newer Start or Adjust replaces older
    /// ones that have not been looked at. Of what is done before a run can begin Play holds every iteration, too, and a
    /// scenario that needs none of it ends it.
    void post(Command command);
    News take_news();

private:
    void work(const std::stop_token& stop);
    void enqueue(Command command);
    std::optional<Command> take_command(const std::stop_token& stop, bool wait);
    void publish(const std::function<void(News&)>& change);
    bool interrupted(const std::stop_token& stop);
    bool unwanted(const Scenario& scenario, const std::stop_token& stop);
    bool paused() const;

    std::function<void()> on_news_;
    RunOptions options_;
    std::mutex mutex_;  // guards what is below, and is never held while a step runs
    std::condition_variable_any command_arrived_;
    std::deque<Command> commands_;  // without looks
    std::optional<LookAtField> look_;
    News news_;
    std::jthread thread_;  // last, so that it has stopped before anything it uses is gone
};

}  // namespace drift
