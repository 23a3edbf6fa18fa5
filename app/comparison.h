// Several methods on one problem, for the plot of reward against diversity: the runs that were made in this session,
// and those that are made in the background when asked for. Knows no thread: commands leave through a function, news
// are handed in.
#pragma once

#include "core/outcome.h"
#include "core/runner.h"
#include "core/scenario.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace drift {

/// A run and what its samples achieve.
struct ComparedRun {
    Scenario scenario;
    Outcome outcome;
    double seconds = 0;   // training included
    std::string failure;  // why there is no outcome, else empty
    double log_z = undefined_number, log_z_sd = undefined_number, ess = undefined_number;  // of methods with weights
    double acceptance = undefined_number;
    std::vector<std::string> warnings{};
};

/// All that is known of one problem.
struct ComparedProblem {
    Scenario asked;                       // the first one that asked for it
    Outcome of_prior, reweighted, exact;  // not runs; see Summary
    std::vector<ComparedRun> runs;        // oldest first, each scenario once
};

class Comparison {
public:
    explicit Comparison(std::function<void(Command)> post) : post_(std::move(post)) {}

    /// A run has ended.
    void add(const Scenario& scenario, const Summary& summary);
    /// Or nothing came of it.
    void fail(Scenario scenario, const std::string& why, double seconds = 0) {
        file({std::move(scenario), {}, seconds, why});
    }
    /// What is known of the problem of a scenario; null for nothing.
    const ComparedProblem* problem_of(const Scenario& scenario) const;
    /// Those of these methods that nothing is known of there yet; keys of app/compared_methods.h.
    std::vector<std::string> missing(const Scenario& scenario, const std::vector<std::string>& chosen) const;

    /// Runs those, one after the other, with their defaults and the particles, seed and noise levels of the scenario.
    void start(const Scenario& scenario, const std::vector<std::string>& chosen);
    void stop();
    /// Takes over news of these runs; true where something has changed.
    bool take(News news);
    bool running() const { return !waiting_.empty(); }
    /// "RTB, iteration 420 of 3,000; 2 more to come"; empty where nothing runs.
    std::string progress() const;

private:
    /// A scenario, and whether it may be tried in noise space instead where data space does not do.
    struct Order {
        Scenario scenario;
        bool may_move = false;
    };

    ComparedProblem& problem_for(const Scenario& scenario);
    void file(ComparedRun run);
    void order_first();
    void failed(const std::string& why);

    std::function<void(Command)> post_;
    std::vector<ComparedProblem> problems_;
    std::deque<Order> waiting_;  // the first one is under way
    uint64_t revision_ = 0;      // of its order
    FramePtr newest_;            // of it
    int64_t steps_ = 0;
};

}  // namespace drift
