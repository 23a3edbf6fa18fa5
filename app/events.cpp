#include "app/events.h"

#include "core/catalog.h"

#include <cmath>
#include <cstdio>

namespace drift {
namespace {

std::string printed(const char* format, double value) {
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

}  // namespace

std::string grouped(int64_t number) {
    std::string digits = std::to_string(number < 0 ? -number : number);
    for (auto place = static_cast<int64_t>(digits.size()) - 3; place > 0; place -= 3) {
        digits.insert(static_cast<size_t>(place), ",");
    }
    return (number < 0 ? "-" : "") + digits;
}

std::string short_number(double value) {
    if (std::isnan(value)) {
        return "-";
    }
    if (std::abs(value) >= 999.5 && std::abs(value) < 1e6) {  // three digits would round 999.7 to 1e+03
        return grouped(std::llround(value));
    }
    return printed("%.3g", value);
}

std::string rough_number(double value) {
    return std::isnan(value) ? "-" : printed("%.2g", value);
}

std::string percent(double share) {
    return printed(share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
}

std::string counted(int64_t number, const std::string& things) {
    return grouped(number) + " " + (number == 1 ? things.substr(0, things.size() - 1) : things);
}

std::string duration_text(double seconds) {
    if (seconds < 1) {
        return short_number(1000 * seconds) + " ms";
    }
    if (seconds < 120) {
        return short_number(seconds) + " s";
    }
    const auto whole = static_cast<int64_t>(std::llround(seconds));
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

std::string sentence_of_resampling(const StepNumbers& numbers, int64_t particles) {
    const double dropped =
        1 - static_cast<double>(numbers.distinct_parents) / static_cast<double>(particles > 0 ? particles : 1);
    return "Step " + std::to_string(numbers.step) + ": ESS " + short_number(numbers.ess) + " of " + grouped(particles) +
           ", resampled; " + percent(dropped) + " of the particles died, " + counted(numbers.eves, "first ancestors") +
           " still alive.";
}

/// A state that moves at a fixed temperature, or fresh draws from the prior, led to.
std::string sentence_of_moves(const Frame& frame, bool weighted, bool ladder) {
    const StepNumbers& numbers = frame.numbers;
    std::vector<std::string> said;
    if (ladder) {
        said.push_back("the likelihood counts " + percent(numbers.beta));
    }
    if (!std::isnan(numbers.acceptance)) {
        said.push_back(numbers.acceptance < 1 ? percent(numbers.acceptance) + " of the moves accepted"
                                              : "all moves taken");
    }
    if (frame.edited) {
        said.push_back("parameters were changed here");
    }
    if (weighted) {
        said.push_back("ESS " + short_number(numbers.ess) + " of " + grouped(frame.count));
    }
    std::string text = (frame.last ? "The end, step " : "Step ") + std::to_string(numbers.step);
    for (const std::string& part : said) {
        text += (&part == &said.front() ? ": " : ", ") + part;
    }
    return text + ".";
}

/// Of a method that learns: of the training, or of the sampling after it.
std::string sentence_of_learning(const Frame& frame) {
    const TrainingNumbers& training = *frame.training;
    const std::string ess = "ESS " + short_number(frame.numbers.ess) + " of " + grouped(frame.count);
    if (frame.last) {
        return "The end: clean samples after " + grouped(training.iteration) + " iterations, " + ess + ".";
    }
    if (training.sampled >= 0) {
        return (training.sampled == 0 ? std::string("Sampling starts")
                                      : "Sampling, step " + grouped(training.sampled)) +
               ", with the weights of iteration " + grouped(training.iteration) + ".";
    }
    if (training.iteration == 0) {
        return "The start: nothing is learned yet.";
    }
    std::string text = "Iteration " + grouped(training.iteration) + " of " + grouped(training.iterations) +
                       (frame.edited ? ", parameters were changed here" : "") + ": " + ess;
    if (training.missing_modes > 0) {
        text += ", " + grouped(training.missing_modes) + " of " + grouped(training.modes) + " modes missed";
    }
    return text + ".";
}

std::string sentence_of_state(const Recording& recording, int64_t k) {
    if (recording.empty()) {
        return {};
    }
    const Frame& frame = *recording.at(k);
    const StepNumbers& numbers = frame.numbers;
    const bool weighted = recording.scene() && recording.scene()->weighted;
    if (numbers.non_finite > 0) {
        return "Step " + std::to_string(k) + ": " + grouped(numbers.non_finite) +
               " particles are no longer finite; less guidance or more steps may help.";
    }
    if (frame.training != nullptr) {
        return sentence_of_learning(frame);
    }
    if (numbers.resampled) {
        return sentence_of_resampling(numbers, frame.count);
    }
    const bool noisy = !recording.scene() || !recording.scene()->sigma.empty();
    if (k == 0 && !noisy) {
        return "The start: draws from the prior.";
    }
    if (k == 0) {
        return "The start: pure noise with standard deviation " + short_number(numbers.sigma) + ".";
    }
    if (!noisy && !(frame.last && weighted)) {
        return sentence_of_moves(frame, weighted, recording.scene()->ladder);
    }
    if (frame.last || (recording.scene() && k == recording.scene()->steps)) {
        return weighted ? "The end: clean samples; their weights count, ESS " + short_number(numbers.ess) + " of " +
                              grouped(frame.count) + "."
                        : "The end: clean samples, all of equal weight.";
    }
    std::string text = "Step " + std::to_string(k) + ": noise " + short_number(numbers.sigma);
    if (frame.edited) {
        text += ", parameters were changed here";
    }
    if (weighted) {
        text += ", ESS " + short_number(numbers.ess) + " of " + grouped(frame.count);
        if (numbers.ess < 0.05 * static_cast<double>(frame.count)) {
            text += ": the picture is effectively " + short_number(std::round(numbers.ess)) + " particles";
        }
    }
    return text + ".";
}

std::string sentence_of_start(const Scenario& scenario, const Scene& scene) {
    return item_at(Kind::Sampler, scenario.sampler.type).title + " with " + counted(scenario.particles, "particles") +
           " in " + (scene.open_ended ? "at most " : "") + counted(scene.steps, "steps") + ", seed " +
           std::to_string(scenario.seed) + ", on " + scene.device + ".";
}

std::string sentence_of_end(const Summary& summary, bool weighted) {
    std::string text = "Finished in " + duration_text(summary.seconds);
    if (weighted) {
        text += ": log Z " + printed("%.3f", summary.log_z);
        if (!std::isnan(summary.exact_log_z)) {
            text += " (exact " + printed("%.3f", summary.exact_log_z) + ")";
        }
        text += ", ESS " + short_number(summary.ess) + " of " + grouped(summary.particles) + ", " +
                counted(summary.eves, "first ancestors") + " alive";
    }
    return text + ".";
}

}  // namespace drift
