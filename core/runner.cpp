#include "core/runner.h"

#include "core/generators/generators.h"
#include "core/runner_worker.h"

#include <algorithm>
#include <utility>

namespace drift {
namespace {

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
        if (const auto* look = std::get_if<LookAtField>(&command)) {
            look_ = *look;
        } else {
            enqueue(std::move(command));
        }
    }
    command_arrived_.notify_one();
}

/// Behind the others, less those that it makes void.
void Runner::enqueue(Command command) {
    if (std::holds_alternative<Start>(command)) {
        // What was asked of the run that this one replaces is void; Play and Step of before are, too. What was to
        // be saved of it still is, first.
        std::erase_if(commands_, [](const Command& old) {
            return !std::holds_alternative<UseThreads>(old) && !std::holds_alternative<SaveTraining>(old);
        });
    } else if (std::holds_alternative<Adjust>(command) && !commands_.empty() &&
               std::holds_alternative<Adjust>(commands_.back())) {
        commands_.pop_back();
    }
    commands_.push_back(std::move(command));
}

News Runner::take_news() {
    const std::scoped_lock lock(mutex_);
    News taken = std::move(news_);
    news_ = {};
    news_.revision = taken.revision;
    news_.busy = taken.busy;
    return taken;
}

void Runner::publish(const std::function<void(News&)>& change) {
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
        command_arrived_.wait(lock, stop, [this] { return !commands_.empty() || look_; });
    }
    if (stop.stop_requested()) {
        return std::nullopt;
    }
    std::optional<Command> command;
    if (!commands_.empty()) {
        command = std::move(commands_.front());
        commands_.pop_front();
    } else if (look_) {
        command = *std::exchange(look_, std::nullopt);
    }
    return command;
}

bool Runner::interrupted(const std::stop_token& stop) {
    const std::scoped_lock lock(mutex_);
    return stop.stop_requested() || !commands_.empty();
}

/// Whether the newest word is to pause, with mutex_ held.
bool Runner::paused() const {
    const auto newest = std::find_if(commands_.rbegin(), commands_.rend(),
                                     [](const Command& command) { return std::holds_alternative<Play>(command); });
    return newest != commands_.rend() && !std::get<Play>(*newest).on;
}

/// Another run is wanted by now that needs no such training or another one, or none is. Waits while it is paused.
bool Runner::unwanted(const Scenario& scenario, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    command_arrived_.wait(lock, stop, [this] { return !paused(); });
    const Scenario* newest = nullptr;
    for (const Command& command : commands_) {
        const Scenario* wanted = scenario_in(command);
        newest = wanted != nullptr ? wanted : newest;
    }
    return stop.stop_requested() || (newest != nullptr && !trains_the_same(scenario.prior, newest->prior));
}

void Runner::work(const std::stop_token& stop) {
    RunnerWorker worker(options_, {[this](const std::function<void(News&)>& change) { publish(change); },
                                   [&] { return interrupted(stop); },
                                   [&](const Scenario& scenario) { return unwanted(scenario, stop); }});
    while (!stop.stop_requested()) {
        bool wait = worker.idle();
        while (const auto command = take_command(stop, std::exchange(wait, false))) {
            worker.obey(*command);
        }
        if (!stop.stop_requested()) {
            worker.go_on();
        }
        if (worker.idle()) {
            publish([](News& news) { news.busy = false; });
        }
    }
}

}  // namespace drift
