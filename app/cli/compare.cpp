#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/scenario_options.h"
#include "app/compared_methods.h"
#include "app/comparison.h"
#include "app/panels/training/outcome_points.h"
#include "core/error.h"
#include "core/io/output_folder.h"
#include "core/strict_json.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

namespace drift::cli {
namespace {

struct Options : ScenarioOptions {
    std::vector<std::string> methods;
    std::string out;
};

std::vector<ComparedMethod> chosen_methods(const std::vector<std::string>& keys) {
    std::vector<ComparedMethod> chosen;
    for (const std::string& key : keys) {
        const auto found =
            std::ranges::find_if(compared_methods(), [&key](const ComparedMethod& each) { return each.key == key; });
        if (found == compared_methods().end()) {
            throw UserError("'--methods' names " + in_quotes(key) + ", but there are " + joined(compared_keys()));
        }
        chosen.push_back(*found);
    }
    return chosen;
}

/// "eta" of "sampler.eta=0.5".
std::string key_of_sampler(const std::string& change) {
    const std::string path = change.substr(0, change.find('='));
    return path.substr(path.find('.') + 1);
}

bool is_of_sampler(const std::string& change) {
    return change.starts_with("sampler.");
}

/// The scenario by one of the methods, with the changes that its sampler has a key for.
Scenario changed(const Scenario& scenario, const ComparedMethod& method, const std::vector<std::string>& changes) {
    Scenario by = by_method(scenario, method);
    for (const std::string& change : changes) {
        if (is_of_sampler(change) && by.sampler.params.contains(key_of_sampler(change))) {
            apply(change, by);
        }
    }
    return by;
}

/// The scenario's own sampler is none of those that are compared.
ScenarioOptions without_sampler(const ScenarioOptions& options) {
    ScenarioOptions others = options;
    std::erase_if(others.changes, is_of_sampler);
    return others;
}

/// That each change of a sampler has an effect, and makes no other method of one.
void check_changes(const std::vector<ComparedMethod>& methods, const std::vector<std::string>& changes) {
    for (const std::string& change : changes) {
        const std::string key = key_of_sampler(change);
        if (!is_of_sampler(change)) {
            continue;
        }
        if (key == "type" || key == "space" || key == "use") {
            throw UserError("'--set' is " + in_quotes(change) + ", but what methods there are '--methods' says");
        }
        if (std::ranges::none_of(methods, [&key](const ComparedMethod& method) {
                return default_choice(Kind::Sampler, method.sampler).params.contains(key);
            })) {
            throw UserError("'--set' is " + in_quotes(change) + ", but none of the methods has a setting " +
                            in_quotes(key));
        }
    }
}

/// Nothing where it was interrupted.
std::optional<Summary> summary_of(const Scenario& scenario, const Options& options) {
    RunOptions how{.device = device_of(options), .precision = Precision::Float32, .frames = false};
    how.outcomes = true;
    Run run(scenario, how);
    while (!run.finished()) {
        if (interrupted()) {
            return {};
        }
        run.advance();
    }
    return run.summary();
}

/// In the space of its default, or else in noise space; files what came of it, or why nothing did. False where it was
/// interrupted.
bool run_method(Scenario scenario, const Options& options, Comparison& comparison) {
    for (;;) {
        try {
            const std::optional<Summary> summary = summary_of(scenario, options);
            if (!summary) {
                return false;
            }
            comparison.add(scenario, *summary);
            if (!summary->outcome.known()) {
                comparison.fail(scenario, "its samples have no reward that is a number", summary->seconds);
            }
            return true;
        } catch (const RunError& error) {
            comparison.fail(scenario, error.what());
            return true;
        } catch (const UserError& error) {
            if (!may_move_to_noise(scenario.sampler)) {
                comparison.fail(scenario, error.what());
                return true;
            }
            move_to_noise(scenario.sampler);
        }
    }
}

const std::vector<std::string> columns{"method", "space", "reward", "diversity", "log Z", "ESS", "time"};

std::vector<std::string> cells(const MethodRow& row) {
    return {row.name, row.space, row.reward, row.diversity, row.log_z, row.ess, row.seconds};
}

void print(const std::vector<MethodRow>& rows) {
    std::vector<std::vector<std::string>> lines{columns};
    for (const MethodRow& row : rows) {
        lines.push_back(cells(row));
    }
    for (const std::vector<std::string>& line : lines) {
        for (size_t c = 0; c < line.size(); ++c) {
            size_t width = 0;
            for (const std::vector<std::string>& other : lines) {
                width = std::max(width, other[c].size());
            }
            std::cout << line[c] << (c + 1 == line.size() ? "\n" : std::string(width + 2 - line[c].size(), ' '));
        }
    }
    for (const MethodRow& row : rows) {
        if (!row.note.empty()) {
            std::cout << row.name << ": " << one_line(row.note) << "\n";
        }
    }
}

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

/// compare.json and compare.csv: the numbers at full precision.
void write(const ComparedProblem& problem, OutputFolder& folder) {
    Json list = Json::array();
    std::ostringstream csv;
    csv << "method,space,reward,diversity,log_z,log_z_sd,ess,acceptance,seconds\n";
    const auto add = [&](const std::string& key, const std::string& space, const ComparedRun& run) {
        Json entry{{"method", key}, {"space", space}};
        csv << key << ',' << space;
        for (const auto& [name, value] :
             {std::pair{"reward", run.outcome.reward}, std::pair{"diversity", run.outcome.diversity},
              std::pair{"log_z", run.log_z}, std::pair{"log_z_sd", run.log_z_sd}, std::pair{"ess", run.ess},
              std::pair{"acceptance", run.acceptance}, std::pair{"seconds", run.seconds}}) {
            entry[name] = number(value);
            csv << ',' << (std::isfinite(value) ? number_text(value) : "");
        }
        csv << '\n';
        if (!run.failure.empty()) {
            entry["error"] = run.failure;
        }
        entry["warnings"] = run.warnings;
        list.push_back(std::move(entry));
    };
    for (const auto& [name, outcome] : {std::pair{"prior", problem.of_prior}, std::pair{"exact", problem.exact}}) {
        if (outcome.known()) {
            add(name, "", {{}, outcome, undefined_number, {}});
        }
    }
    for (const ComparedRun& run : problem.runs) {
        add(compared_method_of(run.scenario)->key, space_name(run.scenario), run);
    }
    folder.write("compare.json", list.dump(2) + "\n");
    folder.write("compare.csv", csv.str());
}

/// What is finished: on the terminal, and in the folder, where there is one.
void report(const ComparedProblem& problem, const std::vector<ComparedMethod>& methods, OutputFolder* folder) {
    std::vector<MethodRow> rows = method_rows(&problem);
    std::erase_if(rows, [&methods](const MethodRow& row) {
        return !row.key.empty() &&
               std::ranges::none_of(methods, [&row](const ComparedMethod& each) { return each.key == row.key; });
    });
    print(rows);
    if (folder != nullptr) {
        write(problem, *folder);
    }
}

int compare_command(const Options& options) {
    std::vector<ComparedMethod> methods = chosen_methods(options.methods.empty() ? compared_keys() : options.methods);
    check_changes(methods, options.changes);
    const Scenario scenario = scenario_of(without_sampler(options));
    for (const ComparedMethod& method : methods) {
        changed(scenario, method, options.changes);  // a value that is refused, before any method has run
    }
    if (scenario.condition.type == "none") {
        throw UserError("'condition.type' is none, so that there is nothing to compare methods by");
    }
    device_of(options);
    const auto folder = options.out.empty() ? nullptr : std::make_unique<OutputFolder>(options.out, false);
    note_interrupts();
    Comparison comparison([](const drift::Command&) {});
    for (size_t i = 0; i < methods.size(); ++i) {
        std::cerr << methods[i].name << "\n";
        if (run_method(changed(scenario, methods[i], options.changes), options, comparison)) {
            continue;
        }
        std::string sentence = "interrupted during " + methods[i].name;
        methods.resize(i);
        if (i > 0) {
            report(*comparison.problem_of(scenario), methods, folder.get());
            sentence += folder == nullptr ? "; what was finished is above"
                                          : "; what was finished is above and in " + in_quotes(folder->commit_failed());
        }
        throw RunError(sentence);
    }
    report(*comparison.problem_of(scenario), methods, folder.get());
    if (folder != nullptr) {
        folder->commit();
    }
    return 0;
}

}  // namespace

void add_compare(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand("compare", "Run several methods on the problem of a scenario, as a table");
    const auto options = std::make_shared<Options>();
    add_scenario_options(*command, *options);
    command->add_option("--methods", options->methods, "Which, by commas; all unless given: " + joined(compared_keys()))
        ->delimiter(',')
        ->option_text("A,B,C");
    command->add_option("--out", options->out, "Folder to create for compare.json and compare.csv")->option_text("DIR");
    command->callback([options, &chosen] { chosen = [options] { return compare_command(*options); }; });
}

}  // namespace drift::cli
