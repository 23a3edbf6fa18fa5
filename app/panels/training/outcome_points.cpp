#include "app/panels/training/outcome_points.h"

#include "app/compared_methods.h"
#include "app/events.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace drift {
namespace {

/// The place of a method among those that are always compared, or one after them, in the order of their first runs.
int64_t colour_of(const std::string& name, std::vector<std::string>& known) {
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) {
        known.push_back(name);
        return static_cast<int64_t>(known.size()) - 1;
    }
    return found - known.begin();
}

std::vector<std::string> compared_names() {
    std::vector<std::string> names;
    for (const ComparedMethod& method : compared_methods()) {
        names.push_back(method.name);
    }
    return names;
}

std::string help_of(const ComparedRun& run) {
    std::string help = item_at(Kind::Sampler, run.scenario.sampler.type).help;
    help += "\n" + grouped(run.scenario.particles) + " particles, seed " + std::to_string(run.scenario.seed);
    return run.seconds > 0 ? help + ", " + duration_text(run.seconds) : help;
}

MethodRow with_numbers(const std::string& key, const std::string& name, const Outcome& outcome) {
    return {key, name, "", short_number(outcome.reward), short_number(outcome.diversity), "-", "-", "-", "", false};
}

/// Of the newest run by this name.
MethodRow row_of(const std::string& key, const std::string& name, const ComparedProblem* problem) {
    MethodRow row{key, name, "", "", "", "", "", "", "", false};
    if (problem == nullptr) {
        return row;
    }
    for (const ComparedRun& run : problem->runs) {
        if (compared_name(run.scenario) != name) {
            continue;
        }
        row = with_numbers(key, name, run.outcome);
        row.space = space_name(run.scenario);
        row.failed = !run.failure.empty();
        row.note = run.failure;
        if (row.failed) {
            continue;
        }
        if (std::isfinite(run.log_z)) {
            row.log_z = short_number(run.log_z) + " ± " + rough_number(run.log_z_sd);
            row.ess = short_number(run.ess);
        }
        row.seconds = duration_text(run.seconds);
        if (std::isfinite(run.acceptance)) {
            row.note = percent(run.acceptance) + " accepted";
        }
        for (const std::string& warning : run.warnings) {
            row.note += (row.note.empty() ? "" : "; ") + warning;
        }
    }
    return row;
}

bool within(const Box& inner, const Box& outer) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width &&
           inner.y + inner.height <= outer.y + outer.height;
}

bool overlap(const Box& a, const Box& b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
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
    const bool weighted_draws = std::ranges::any_of(problem.runs, [](const ComparedRun& run) {
        return run.outcome.known() && compared_name(run.scenario) == "importance sampling";
    });
    if (!weighted_draws) {  // else a run says the same with numbers of its own
        add_reference("importance sampling",
                      "Draws from the prior weighted by their reward, as many as the run has particles:\n"
                      "exact in the limit, and one lucky draw alone where the reward is rare.",
                      problem.reweighted);
    }
    add_reference("exact posterior", "Exact draws: where a sampler should be, and no farther up.", problem.exact);
    std::vector<std::string> known = compared_names();
    for (auto run = problem.runs.begin(); run != problem.runs.end(); ++run) {
        if (!run->outcome.known()) {
            continue;
        }
        const std::string name = compared_name(run->scenario);
        const bool earlier = std::any_of(run + 1, problem.runs.end(), [&name](const ComparedRun& later) {
            return later.outcome.known() && compared_name(later.scenario) == name;
        });
        points.push_back({name, help_of(*run), run->outcome, colour_of(name, known), false, earlier});
    }
    return points;
}

std::vector<std::string> outcome_failures(const ComparedProblem& problem) {
    std::vector<std::string> failures;
    for (const ComparedRun& run : problem.runs) {
        if (!run.failure.empty()) {
            failures.push_back(compared_name(run.scenario) + ": " + run.failure);
        }
    }
    return failures;
}

std::vector<MethodRow> method_rows(const ComparedProblem* problem) {
    std::vector<MethodRow> rows;
    if (problem != nullptr) {
        for (const auto& [name, outcome] :
             {std::pair{"prior", problem->of_prior}, std::pair{"exact posterior", problem->exact}}) {
            if (outcome.known()) {
                rows.push_back(with_numbers({}, name, outcome));
            }
        }
    }
    std::vector<std::string> names = compared_names();
    if (problem != nullptr) {
        for (const ComparedRun& run : problem->runs) {
            colour_of(compared_name(run.scenario), names);  // other methods come after those
        }
    }
    for (size_t i = 0; i < names.size(); ++i) {
        const std::string key = i < compared_methods().size() ? compared_methods()[i].key : "";
        rows.push_back(row_of(key, names[i], problem));
    }
    return rows;
}

std::vector<Box> place_names(const std::vector<Box>& markers, const std::vector<float>& widths, float height,
                             const Box& plot) {
    std::vector<Box> taken = markers;
    std::vector<Box> places(markers.size());
    for (size_t i = 0; i < markers.size(); ++i) {
        const Box& marker = markers[i];
        for (int ring = 1; ring <= 4 && places[i].width == 0; ++ring) {
            const float away = 0.25F * height + 0.8F * height * static_cast<float>(ring - 1);
            const float right = marker.x + marker.width + away;
            const float left = marker.x - away - widths[i];
            const float middle =
                std::clamp(marker.y + 0.5F * (marker.height - height), plot.y, plot.y + plot.height - height);
            const float above = marker.y - away - height;
            const float below = marker.y + marker.height + away;
            const float centred = marker.x + 0.5F * (marker.width - widths[i]);
            for (const auto& [x, y] : {std::pair{right, middle}, std::pair{left, middle}, std::pair{right, above},
                                       std::pair{right, below}, std::pair{left, above}, std::pair{left, below},
                                       std::pair{centred, above}, std::pair{centred, below}}) {
                const Box box{x, y, widths[i], height};
                if (widths[i] > 0 && within(box, plot) &&
                    std::ranges::none_of(taken, [&box](const Box& other) { return overlap(box, other); })) {
                    places[i] = box;
                    taken.push_back(box);
                    break;
                }
            }
        }
    }
    return places;
}

}  // namespace drift
