// The command line: one file a command. Each adds its subcommand and what happens when it is chosen.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace drift::cli {

/// Exit status: 0; 2 for bad usage or a bad file; 3 for a run that failed.
inline constexpr int status_usage = 2;
inline constexpr int status_failed = 3;

/// What main() does once the arguments are read; returns the exit status. Throws UserError and RunError.
using Command = std::function<int()>;

void add_run(CLI::App& app, Command& chosen);
void add_compare(CLI::App& app, Command& chosen);
void add_list(CLI::App& app, Command& chosen);
void add_shot(CLI::App& app, Command& chosen);
void add_fit(CLI::App& app, Command& chosen);
void add_doctor(CLI::App& app, Command& chosen);

/// Reads the arguments, does what they say and returns the exit status; every error is one line on stderr.
int main_of(int argc, const char* const* argv);

}  // namespace drift::cli
