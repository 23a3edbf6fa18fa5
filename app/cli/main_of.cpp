#include "app/app.h"
#include "app/cli/commands.h"
#include "core/error.h"
#include "core/text.h"

#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <string>

namespace drift::cli {
namespace {

int complain(const std::string& what, int status) {
    std::cerr << "driftscope: " << one_line(what) << std::endl;
    return status;
}

/// `driftscope [FILE]`: the window, unless a subcommand was chosen.
void add_window(CLI::App& app, Command& chosen) {
    const auto file = std::make_shared<std::string>();
    app.add_option("file", *file, "Scenario to open in the window")->option_text("[FILE]");
    app.callback([&app, &chosen, file] {
        if (app.get_subcommands().empty()) {
            chosen = [file] {
                WindowOptions options;
                if (!file->empty()) {
                    options.scenario = load_scenario(*file);
                    options.path = *file;
                }
                return open_window(options);
            };
        }
    });
}

int run_chosen(const Command& chosen) {
    try {
        return chosen();
    } catch (const UserError& error) {
        return complain(error.what(), status_usage);
    } catch (const RunError& error) {
        return complain(error.what(), status_failed);
    } catch (const std::bad_alloc&) {
        return complain("not enough memory", status_failed);
    } catch (const std::exception& error) {
        return complain(std::string("internal error: ") + error.what(), status_failed);
    }
}

}  // namespace

int main_of(int argc, const char* const* argv) {
    CLI::App app{"Explores posterior sampling under generative priors. Without a command it opens the window.",
                 "driftscope"};
    Command chosen;
    app.set_version_flag("--version", DRIFT_VERSION);
    add_window(app, chosen);
    add_run(app, chosen);
    add_compare(app, chosen);
    add_list(app, chosen);
    add_shot(app, chosen);
    add_fit(app, chosen);
    add_doctor(app, chosen);
    app.require_subcommand(0, 1);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
            return app.exit(error);  // --help, --version
        }
        return complain(std::string(error.what()) + "; driftscope --help lists what is accepted", status_usage);
    }
    return run_chosen(chosen);
}

}  // namespace drift::cli
