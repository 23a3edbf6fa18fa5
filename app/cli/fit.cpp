#include "core/fit.h"
#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "core/text.h"

#include <unistd.h>

#include <cmath>
#include <iostream>
#include <limits>
#include <memory>

namespace drift::cli {
namespace {

constexpr int64_t most_threads = 4096;

std::string names() {
    std::vector<std::string> list;
    for (const FitInfo& info : fits()) {
        list.push_back(info.name);
    }
    return joined(list);
}

std::string digits(double value) {
    constexpr double scale = 1e5;
    return std::isfinite(value) ? number_text(std::round(value * scale) / scale) : "-";
}

/// A line in a log whenever the validation loss was measured, and one that is written over on a terminal.
void report(const FitProgress& progress, bool terminal) {
    if (!terminal && !progress.validated) {
        return;
    }
    const auto minutes = static_cast<int64_t>(std::ceil(progress.seconds_left / 60));
    std::cerr << (terminal ? "\r\x1b[K" : "") << "iteration " << progress.iteration << " of " << progress.iterations
              << ", loss " << digits(progress.loss) << ", validation " << digits(progress.validation_loss) << ", about "
              << minutes << " min left" << (terminal && !progress.validated ? "" : "\n") << std::flush;
}

int fit_command(const FitOptions& options) {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const FitResult result = fit(options, [terminal](const FitProgress& progress) { report(progress, terminal); });
    std::cout << (result.finished ? "finished" : "stopped, run again to go on") << " after iteration "
              << result.iteration << ", validation loss " << digits(result.validation_loss) << ", "
              << static_cast<int64_t>(result.seconds / 60) << " min in all, " << options.out.string() << "\n";
    return 0;
}

}  // namespace

void add_fit(CLI::App& app, Command& chosen) {
    CLI::App* command =
        app.add_subcommand("fit", "Train a prior, a classifier or a generator of points, or go on with it");
    const auto options = std::make_shared<FitOptions>();
    command->add_option("name", options->name, "What to train: " + names())->required()->option_text("NAME");
    command->add_option("--data", options->data, "Folder with the data set, for what learns from one")
        ->option_text("DIR");
    command->add_option("--out", options->out, "Weights to write; the checkpoint lies beside them")
        ->required()
        ->option_text("FILE");
    command->add_option("--iterations", options->iterations, "Length of the training; as suggested unless given")
        ->option_text("N")
        ->check(whole_number(1));
    command->add_option("--hours", options->hours, "Stop after this time; run again to go on")
        ->option_text("H")
        ->check(number_above_zero());
    command->add_option("--threads", options->threads, "Threads; one a core unless given")
        ->option_text("N")
        ->check(whole_number(1, most_threads));
    command->add_option("--seed", options->seed, "Seed of all randomness")
        ->option_text("N")
        ->check(whole_number(0, std::numeric_limits<uint64_t>::max()));
    command->callback([options, &chosen] { chosen = [options] { return fit_command(*options); }; });
}

}  // namespace drift::cli
