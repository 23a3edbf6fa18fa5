// What the thread of a runner does: the run it has, and what it has been told about it. It knows nothing of queues and
// locks, only whom to tell and whom to ask.
#pragma once

#include "core/runner.h"

#include <chrono>
#include <exception>

namespace drift {

class RunnerWorker {
public:
    struct Surroundings {
        std::function<void(const std::function<void(News&)>& change)> publish;
        /// Whether a command waits, or the end is wanted.
        std::function<bool()> interrupted;
        /// Whether what is trained for this scenario, before its run can begin, is of no use any more.
        std::function<bool(const Scenario&)> unwanted;
    };

    RunnerWorker(RunOptions options, Surroundings surroundings);

    /// Whatever goes wrong is told in one sentence; the run stays where it was and the next command is obeyed.
    void obey(const Command& command);
    /// The next step, or the summary, if there is one to be made.
    void go_on();
    /// Whether nothing is left to be done without a command.
    bool idle() const { return !can_step() && !can_summarise(); }

private:
    bool can_step() const { return run_ && !run_->finished() && (playing_ || single_step_); }
    bool can_summarise() const { return run_ && run_->finished() && !summarised_; }
    bool goes_on_with(const Scenario& scenario) const;

    void apply(const Start& start);
    void apply(const Adjust& adjust);
    void apply(const Play& play) { playing_ = play.on; }
    void apply(const Step&) { single_step_ = true; }
    void apply(const SampleNow&);
    void apply(const LearnOn&);
    void apply(const SaveTraining& save);
    void apply(const LookAtField& look) const;
    void apply(const UseThreads& threads);

    void begin(const Scenario& scenario, uint64_t revision, bool resume = false);
    void tell_set_up(const SetUpProgress& progress);
    void advance();
    void summarise();
    void fail(const std::exception& error, uint64_t revision);

    RunOptions options_;
    Surroundings around_;
    std::optional<Run> run_;
    uint64_t revision_ = 0;  // of the run
    bool playing_ = false;
    bool single_step_ = false;
    bool summarised_ = false;
    bool beginning_ = false;  // a Start made way for the change after it, which does not go on with the run before
    size_t warned_ = 0;       // warnings of the run that were published
    std::chrono::steady_clock::time_point told_;  // how far the set-up is
};

}  // namespace drift
