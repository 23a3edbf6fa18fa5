#include "app/panels/training/outcome_points.h"

#include "app/events.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace drift {
namespace {

/// The place of a method among those that are always compared, or one after them, in the order of their first runs.
int64_t colour_of(const std::string& method, std::vector<std::string>& known) {
    const auto found = std::find(known.begin(), known.end(), method);
    if (found == known.end()) {
        known.push_back(method);
        return static_cast<int64_t>(known.size()) - 1;
    }
    return found - known.begin();
}

std::string help_of(const ComparedRun& run) {
    std::string help = item_at(Kind::Sampler, run.scenario.sampler.type).help;
    help += "\n" + grouped(run.scenario.particles) + " particles, seed " + std::to_string(run.scenario.seed);
    return run.seconds > 0 ? help + ", " + duration_text(run.seconds) : help;
}

}  // namespace

std::vector<OutcomePoint> outcome_points(const ComparedProblem& problem) {
    std::vector<OutcomePoint> points;
    const auto add_reference = [&points](const char* name, const char* help, const Outcome& outcome) {
        if (outcome.known()) {
            points.push_back({name, help, outcome, -1, true, false});
        }
    };
    add_reference("prior", "Draws from the prior: what there is before anything was measured.", problem.of_prior);
    add_reference("importance sampling",
                  "Draws from the prior weighted by their reward, as many as the run has particles:\n"
                  "exact in the limit, and one lucky draw alone where the reward is rare.",
                  problem.reweighted);
    add_reference("exact posterior", "Exact draws: where a sampler should be, and no farther up.", problem.exact);
    std::vector<std::string> known = Comparison::methods();
    for (auto run = problem.runs.begin(); run != problem.runs.end(); ++run) {
        if (!run->outcome.known()) {
            continue;
        }
        const std::string& method = run->scenario.sampler.type;
        const bool earlier = std::any_of(run + 1, problem.runs.end(), [&method](const ComparedRun& later) {
            return later.outcome.known() && later.scenario.sampler.type == method;
        });
        points.push_back({item_at(Kind::Sampler, method).title, help_of(*run), run->outcome, colour_of(method, known),
                          false, earlier});
    }
    return points;
}

std::vector<std::string> outcome_failures(const ComparedProblem& problem) {
    std::vector<std::string> failures;
    for (const ComparedRun& run : problem.runs) {
        if (!run.failure.empty()) {
            failures.push_back(item_at(Kind::Sampler, run.scenario.sampler.type).title + ": " + run.failure);
        }
    }
    return failures;
}

std::vector<float> spread_apart(const std::vector<float>& wanted, float gap, float low, float high) {
    std::vector<size_t> order(wanted.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&wanted](size_t a, size_t b) { return wanted[a] < wanted[b]; });
    std::vector<float> places = wanted;
    float next = low;
    for (const size_t i : order) {  // downwards, each below the one before
        places[i] = std::max(places[i], next);
        next = places[i] + gap;
    }
    float most = high;
    for (auto i = order.rbegin(); i != order.rend(); ++i) {  // and back up where the foot was left
        places[*i] = std::min(places[*i], most);
        most = places[*i] - gap;
    }
    return places;
}

}  // namespace drift
