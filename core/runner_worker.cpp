#include "core/runner_worker.h"

#include "core/correction_field.h"
#include "core/error.h"
#include "core/interruption.h"
#include "core/threads.h"

#include <utility>

namespace drift {
namespace {

/// Of the run that a command asks for; else that of the run there is.
uint64_t revision_of(const Command& command, uint64_t of_run) {
    if (const auto* start = std::get_if<Start>(&command)) {
        return start->revision;
    }
    const auto* adjust = std::get_if<Adjust>(&command);
    return adjust != nullptr ? adjust->revision : of_run;
}

}  // namespace

RunnerWorker::RunnerWorker(RunOptions options, Surroundings surroundings)
    : options_(options), around_(std::move(surroundings)) {}

void RunnerWorker::obey(const Command& command) {
    try {
        std::visit([this](const auto& each) { apply(each); }, command);
    } catch (const Interrupted&) {
        // the command that it made way for comes next
    } catch (const std::exception& error) {
        fail(error, revision_of(command, revision_));
    }
}

void RunnerWorker::go_on() {
    try {
        if (can_step()) {
            single_step_ = false;
            advance();
        }
        if (can_summarise()) {
            summarise();
        }
    } catch (const Interrupted&) {
        // likewise
    } catch (const std::exception& error) {
        fail(error, revision_);
    }
}

/// Whether a change is taken over by the run under way. A short run starts again: its answer is there at once, and is
/// the one that the scenario has on its own. Where nothing has changed after all, there is nothing to begin.
bool RunnerWorker::goes_on_with(const Scenario& scenario) const {
    return run_ && !beginning_ && !run_->finished() && only_live_changes(run_->scenario(), scenario) &&
           (run_->expected_seconds() > 2 || same_values(run_->scenario(), scenario));
}

void RunnerWorker::apply(const Start& start) {
    playing_ = !start.paused;
    beginning_ = true;
    begin(start.scenario, start.revision, start.resume);
    advance();
}

void RunnerWorker::apply(const Adjust& adjust) {
    if (!goes_on_with(adjust.scenario)) {
        begin(adjust.scenario, adjust.revision);
        advance();
        return;
    }
    run_->adjust(adjust.scenario);
    revision_ = adjust.revision;
    around_.publish([&](News& news) {
        news.revision = adjust.revision;
        news.adjusted_scene = run_->scene();
    });
}

void RunnerWorker::apply(const SampleNow&) {
    if (run_) {
        run_->sample_now();
    }
}

void RunnerWorker::apply(const LearnOn&) {
    if (run_ && run_->learn_on()) {
        summarised_ = false;
        around_.publish([](News& news) { news.busy = true; });
    }
}

void RunnerWorker::apply(const SaveTraining& save) {
    Note note{true, "Saved the weights as " + save.path + "."};
    try {
        if (!run_) {
            throw UserError("there is no training whose weights could be saved");
        }
        run_->save_training(save.path);
    } catch (const std::exception& error) {
        note = {false, error.what()};
    }
    around_.publish([&](News& news) { news.notes.push_back(std::move(note)); });
}

void RunnerWorker::apply(const LookAtField& look) const {
    look.field->numbers();
    around_.publish([](News&) {});
}

void RunnerWorker::apply(const UseThreads& threads) {
    use_threads(threads.count);
}

void RunnerWorker::begin(const Scenario& scenario, uint64_t revision, bool resume) {
    // A prior may have to be trained first.
    const Interruptible set_up([&] { return around_.unwanted(scenario); },
                               [&](const SetUpProgress& progress) { tell_set_up(progress); });
    RunOptions options = options_;
    options.resume = resume;
    Run next(scenario, options);  // where this fails, the run that was there stays
    if (run_) {
        next.spare_training(*run_);
    }
    run_ = std::move(next);
    revision_ = revision;
    beginning_ = false;
    summarised_ = false;
    warned_ = 0;
    around_.publish([&](News& news) {
        news.frames.clear();
        news.warnings.clear();
        news.set_up.reset();
        news.summary.reset();
        news.error.clear();
        news.revision = revision;
        news.scene = run_->scene();
        news.adjusted_scene.reset();
        news.busy = true;
    });
}

/// Not oftener than it can be read.
void RunnerWorker::tell_set_up(const SetUpProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (progress.done == 0 || now - told_ >= std::chrono::milliseconds(100)) {
        told_ = now;
        around_.publish([&](News& news) { news.set_up = progress; });
    }
}

void RunnerWorker::advance() {
    FramePtr frame = run_->advance();
    const std::vector<std::string> warnings = run_->warnings();
    around_.publish([&](News& news) {
        news.frames.push_back(std::move(frame));
        for (; warned_ < warnings.size(); ++warned_) {
            news.warnings.push_back(warnings[warned_]);
        }
    });
}

void RunnerWorker::summarise() {
    summarised_ = true;  // also where it fails: not again and again
    Summary summary = run_->summary(around_.interrupted);
    summarised_ = !around_.interrupted();
    if (summarised_) {
        around_.publish([&](News& news) { news.summary = std::move(summary); });
    }
}

void RunnerWorker::fail(const std::exception& error, uint64_t revision) {
    playing_ = single_step_ = beginning_ = false;
    around_.publish([&](News& news) {
        news.set_up.reset();
        news.error = error.what();
        news.failed = revision;
        news.busy = false;
    });
}

}  // namespace drift
