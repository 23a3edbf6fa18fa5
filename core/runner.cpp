#include "core/runner.h"

#include "core/correction_field.h"
#include "core/error.h"
#include "core/generators/generators.h"
#include "core/interruption.h"
#include "core/threads.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace drift {
namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

/// The run of the worker and what it has been told about it. Lives on the worker thread alone.
struct Worker {
    std::optional<Run> run;
    uint64_t revision = 0;
    bool playing = false;
    bool single_step = false;
    bool summarised = false;
    bool beginning = false;  // a Start made way for the change after it, which does not go on with the run before
    size_t warned = 0;       // warnings of the run that were published

    bool can_step() const { return run && !run->finished() && (playing || single_step); }
    /// Whether a change is taken over by the run under way. A short run starts again: its answer is there at once, and
    /// is the one that the scenario has on its own. Where nothing has changed after all, there is nothing to begin.
    bool goes_on_with(const Scenario& scenario) const {
        return run && !beginning && !run->finished() && only_live_changes(run->scenario(), scenario) &&
               (run->expected_seconds() > 2 || same_values(run->scenario(), scenario));
    }
    bool can_summarise() const { return run && run->finished() && !summarised; }
};

/// The scenario that a command asks for; null for others.
const Scenario* scenario_in(const Command& command) {
    if (const auto* start = std::get_if<Start>(&command)) {
        return &start->scenario;
    }
    const auto* adjust = std::get_if<Adjust>(&command);
    return adjust != nullptr ? &adjust->scenario : nullptr;
}

}  // namespace

Runner::Runner(std::function<void()> on_news, RunOptions options)
    : on_news_(std::move(on_news)), options_(options), thread_([this](const std::stop_token& stop) { work(stop); }) {}

Runner::~Runner() = default;

void Runner::post(Command command) {
    {
        const std::scoped_lock lock(mutex_);
        const bool replaces = std::holds_alternative<Start>(command);
        if (replaces) {
            // What was asked of the run that this one replaces is void; Play and Step of before are, too. What was to
            // be saved of it still is, first.
            std::erase_if(commands_, [](const Command& old) {
                return !std::holds_alternative<UseThreads>(old) && !std::holds_alternative<SaveTraining>(old);
            });
        } else if (std::holds_alternative<Adjust>(command) && !commands_.empty() &&
                   std::holds_alternative<Adjust>(commands_.back())) {
            commands_.pop_back();
        } else if (std::holds_alternative<LookAtField>(command)) {
            std::erase_if(commands_, [](const Command& old) { return std::holds_alternative<LookAtField>(old); });
        }
        commands_.push_back(std::move(command));
    }
    command_arrived_.notify_one();
}

News Runner::take_news() {
    const std::scoped_lock lock(mutex_);
    News taken = std::move(news_);
    news_ = {};
    news_.revision = taken.revision;
    news_.busy = taken.busy;
    return taken;
}

template <class Change>
void Runner::publish(const Change& change) {
    {
        const std::scoped_lock lock(mutex_);
        change(news_);
    }
    if (on_news_) {
        on_news_();
    }
}

/// One at a time: what is still in the queue may make the work for this one unwanted.
std::optional<Command> Runner::take_command(const std::stop_token& stop, bool wait) {
    std::unique_lock lock(mutex_);
    if (wait) {
        command_arrived_.wait(lock, stop, [this] { return !commands_.empty(); });
    }
    if (commands_.empty() || stop.stop_requested()) {
        return std::nullopt;
    }
    Command command = std::move(commands_.front());
    commands_.pop_front();
    return command;
}

void Runner::work(const std::stop_token& stop) {
    Worker worker;
    // Whether what is trained for a run is of no use any more: another run is wanted by now that needs none or another,
    // or none is.
    const auto unwanted = [&](const Scenario& scenario) {
        const std::scoped_lock lock(mutex_);
        const Scenario* newest = nullptr;
        for (const Command& command : commands_) {
            const Scenario* wanted = scenario_in(command);
            newest = wanted != nullptr ? wanted : newest;
        }
        return stop.stop_requested() || (newest != nullptr && !trains_the_same(scenario.prior, newest->prior));
    };
    const auto begin = [&](const Scenario& scenario, uint64_t revision) {
        const Interruptible set_up([&] { return unwanted(scenario); });  // a prior may have to be trained first
        Run next(scenario, options_);  // where this fails, the run that was there stays
        if (worker.run) {
            next.spare_training(*worker.run);
        }
        worker.run = std::move(next);
        worker.beginning = false;
        worker.revision = revision;
        worker.summarised = false;
        worker.warned = 0;
        publish([&](News& news) {
            news.frames.clear();
            news.warnings.clear();
            news.summary.reset();
            news.error.clear();
            news.revision = revision;
            news.scene = worker.run->scene();
            news.adjusted_scene.reset();
            news.busy = true;
        });
    };
    const auto advance = [&] {
        FramePtr frame = worker.run->advance();
        const std::vector<std::string> warnings = worker.run->warnings();
        publish([&](News& news) {
            news.frames.push_back(std::move(frame));
            for (; worker.warned < warnings.size(); ++worker.warned) {
                news.warnings.push_back(warnings[worker.warned]);
            }
        });
    };
    const auto save_training = [&](const std::string& path) {
        Note note{true, "Saved the weights as " + path + "."};
        try {
            if (!worker.run) {
                throw UserError("there is no training whose weights could be saved");
            }
            worker.run->save_training(path);
        } catch (const std::exception& error) {
            note = {false, error.what()};
        }
        publish([&](News& news) { news.notes.push_back(std::move(note)); });
    };
    const auto apply = Overloaded{
        [&](const Start& start) {
            worker.playing = !start.paused;
            worker.beginning = true;
            begin(start.scenario, start.revision);
            advance();
        },
        [&](const Adjust& adjust) {
            if (worker.goes_on_with(adjust.scenario)) {
                worker.run->adjust(adjust.scenario);
                worker.revision = adjust.revision;
                publish([&](News& news) {
                    news.revision = adjust.revision;
                    news.adjusted_scene = worker.run->scene();
                });
            } else {
                begin(adjust.scenario, adjust.revision);
                advance();
            }
        },
        [&](const Play& play) { worker.playing = play.on; },
        [&](const Step&) { worker.single_step = true; },
        [&](const SampleNow&) {
            if (worker.run) {
                worker.run->sample_now();
            }
        },
        [&](const LearnOn&) {
            if (worker.run && worker.run->learn_on()) {
                worker.summarised = false;
                publish([](News& news) { news.busy = true; });
            }
        },
        [&](const SaveTraining& save) { save_training(save.path); },
        [&](const LookAtField& look) {
            look.field->numbers();
            publish([](News&) {});
        },
        [&](const UseThreads& threads) { use_threads(threads.count); },
    };
    const auto interrupted = [&] {
        const std::scoped_lock lock(mutex_);
        return stop.stop_requested() || !commands_.empty();
    };
    const auto idle = [&] { return !worker.can_step() && !worker.can_summarise(); };

    // Whatever goes wrong is told in one sentence; the run stays where it was and the next command is obeyed.
    const auto guarded = [&](const auto& work_to_do) {
        try {
            work_to_do();
        } catch (const Interrupted&) {
            // the command that it made way for comes next
        } catch (const std::exception& error) {
            worker.playing = worker.single_step = worker.beginning = false;
            publish([&](News& news) {
                news.error = error.what();
                news.busy = false;
            });
        }
    };

    while (!stop.stop_requested()) {
        bool wait = idle();
        while (const auto command = take_command(stop, std::exchange(wait, false))) {
            guarded([&] { std::visit(apply, *command); });
        }
        guarded([&] {
            if (worker.can_step() && !stop.stop_requested()) {
                worker.single_step = false;
                advance();
            }
            if (worker.can_summarise() && !stop.stop_requested()) {
                worker.summarised = true;  // also where it fails: not again and again
                Summary summary = worker.run->summary(interrupted);
                worker.summarised = !interrupted();
                if (worker.summarised) {
                    publish([&](News& news) { news.summary = std::move(summary); });
                }
            }
        });
        if (idle()) {
            publish([](News& news) { news.busy = false; });
        }
    }
}

}  // namespace drift
