#include "app/cli/checks.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/scenario_options.h"
#include "core/error.h"
#include "core/io/npy.h"
#include "core/io/output_folder.h"
#include "core/io/results.h"
#include "core/text.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>

namespace drift::cli {
namespace {

constexpr int64_t max_repeats = 100'000;
constexpr const char* trained_weights = "trained.weights";

struct Options : ScenarioOptions {
    std::string out;
    int64_t repeat = 0;  // 0: not given
    bool overwrite = false;
};

/// One line on a terminal that is written over again and again; silent elsewhere.
class ProgressLine {
public:
    ~ProgressLine() { clear(); }

    void show(const std::string& text) {
        const auto now = std::chrono::steady_clock::now();
        if (terminal_ && now - last_ > std::chrono::milliseconds(100)) {
            std::cerr << "\r\x1b[K" << text << std::flush;
            last_ = now;
        }
    }
    void clear() {
        if (terminal_ && last_ != Time{}) {
            std::cerr << "\r\x1b[K" << std::flush;
            last_ = {};
        }
    }

private:
    using Time = std::chrono::steady_clock::time_point;

    bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    Time last_{};
};

std::string time_text(double seconds) {
    const auto whole = std::llround(std::ceil(seconds));
    return whole < 120 ? std::to_string(whole) + " s" : std::to_string((whole + 59) / 60) + " min";
}

/// Everything that one run leaves behind.
struct Finished {
    Summary summary;
    std::string error;  // of a run that failed
};

std::string progress_text(const Run& run, int64_t step, double seconds, const std::string& prefix) {
    const double left = run.expected_seconds() - seconds;
    const bool known = !run.scene()->open_ended;
    return prefix + "step " + std::to_string(step) + (known ? " of " : " of at most ") + std::to_string(run.steps()) +
           (known ? ", about " : ", less than ") + time_text(std::max(left, 0.0)) + " left";
}

Finished one_run(const Scenario& scenario, const RunOptions& run_options, OutputFolder& folder,
                 const std::string& prefix, ProgressLine& progress) {
    const std::string place = prefix.empty() ? "" : prefix + "/";
    const std::string title = prefix.empty() ? "" : "repeat " + prefix + ", ";
    Run run(scenario, run_options);
    std::vector<StepNumbers> states;
    std::vector<TrainingNumbers> training;
    Finished finished;
    try {
        while (!run.finished()) {
            if (interrupted()) {
                throw RunError("interrupted after step " + std::to_string(static_cast<int64_t>(states.size()) - 1));
            }
            const FramePtr frame = run.advance();
            states.push_back(frame->numbers);
            if (frame->training != nullptr &&
                frame->training->sampled < 0 &&  // weights may be given, and nothing trained
                frame->training->iteration > (training.empty() ? 0 : training.back().iteration)) {
                training.push_back(*frame->training);
            }
            progress.show(progress_text(run, states.back().step, states.back().seconds, title));
        }
    } catch (const RunError& error) {
        finished.error = error.what();
    }
    progress.clear();
    if (!states.empty()) {
        finished.summary = run.summary();
        folder.write(place + "steps.csv", steps_csv(states, run.scene()->weighted));
        if (!training.empty()) {
            folder.write(place + "training.csv", training_csv(training));
            run.save_training(folder.place_of(place + trained_weights));
        }
        folder.write(place + "summary.json", summary_json(finished.summary, finished.error));
    }
    if (finished.error.empty()) {
        const Samples samples = run.samples();
        folder.write(place + "samples.npy", npy_bytes(samples.shape, std::span<const float>(samples.values)));
        folder.write(place + "log_weights.npy",
                     npy_bytes({samples.shape.at(0)}, std::span<const double>(samples.log_weights)));
        if (!samples.latents.empty()) {
            folder.write(place + "latents.npy",
                         npy_bytes(samples.latent_shape, std::span<const float>(samples.latents)));
        }
    }
    return finished;
}

std::string rounded(double value, int digits) {
    const double scale = std::pow(10, digits);
    return number_text(std::round(value * scale) / scale);
}

/// What is worth a line on the terminal.
std::string report(const Summary& summary) {
    std::string text;
    if (std::isfinite(summary.log_z)) {
        text += "log Z " + rounded(summary.log_z, 4) + " +- ";
        text += (summary.log_z_sd_is_lower_bound ? "at least " : "") + rounded(summary.log_z_sd, 4);
        text += std::isfinite(summary.exact_log_z) ? " (exact " + rounded(summary.exact_log_z, 4) + "), " : ", ";
        text += "ESS " + rounded(summary.ess, 1) + " of " + std::to_string(summary.particles) + ", ";
    }
    if (std::isfinite(summary.sliced_w1)) {
        text += "sliced W1 " + rounded(summary.sliced_w1, 4) + " (floor " + rounded(summary.sliced_w1_floor, 4) + "), ";
    }
    return text + rounded(summary.seconds, 3) + " s";
}

int run_command(const Options& options) {
    const RunOptions run_options{.device = device_of(options), .precision = Precision::Float32, .frames = false};
    Scenario scenario = scenario_of(options);
    OutputFolder folder(options.out, options.overwrite);
    note_interrupts();
    ProgressLine progress;
    std::vector<Summary> summaries;
    std::string error;
    const uint64_t seed = scenario.seed;
    for (int64_t repeat = 0; repeat < std::max<int64_t>(options.repeat, 1) && error.empty(); ++repeat) {
        scenario.seed = seed + static_cast<uint64_t>(repeat);
        const std::string prefix = options.repeat > 0 ? std::to_string(repeat) : "";
        Finished finished = one_run(scenario, run_options, folder, prefix, progress);
        error = finished.error;
        if (error.empty()) {
            summaries.push_back(std::move(finished.summary));
        }
    }
    if (options.repeat > 0) {
        folder.write("summary.json", repeats_json(summaries, error));
    }
    if (!error.empty()) {
        throw RunError(error + "; what was recorded so far is in " + in_quotes(folder.commit_failed()));
    }
    folder.commit();
    for (const std::string& warning : summaries.front().warnings) {
        std::cerr << "driftscope: warning: " << one_line(warning) << "\n";
    }
    std::cout << (options.repeat > 0 ? std::to_string(options.repeat) + " repeats; the first: " : "")
              << report(summaries.front()) << "\n";
    return 0;
}

}  // namespace

void add_run(CLI::App& app, Command& chosen) {
    CLI::App* command = app.add_subcommand("run", "Sample a scenario without a window and write the results");
    const auto options = std::make_shared<Options>();
    add_scenario_options(*command, *options);
    command->add_option("--out", options->out, "Folder to create for the results")->required()->option_text("DIR");
    command->add_option("--repeat", options->repeat, "Run with this many seeds, counting up")
        ->option_text("R")
        ->check(whole_number(1, max_repeats));
    command->add_flag("--overwrite", options->overwrite, "Replace a folder with older results");
    command->callback([options, &chosen] { chosen = [options] { return run_command(*options); }; });
}

}  // namespace drift::cli
