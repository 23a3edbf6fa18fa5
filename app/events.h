// What happened in a run, in words: for the log, and for the line under the picture that says what the eye should look
// for. The second channel beside the picture (interface.md 5.12). Plain text, tested without a window.
#pragma once

#include "core/frame.h"
#include "core/recording.h"
#include "core/scenario.h"

#include <cstdint>
#include <string>
#include <vector>

namespace drift {

/// What the state k shows; empty for an empty recording.
std::string sentence_of_state(const Recording& recording, int64_t k);
/// The log entry of one resampling.
std::string sentence_of_resampling(const StepNumbers& numbers, int64_t particles);
/// "TDS with 1,024 particles in 60 steps, seed 1."
std::string sentence_of_start(const Scenario& scenario, const Scene& scene);
/// How the run went: time, log Z with its exact value, ESS.
std::string sentence_of_end(const Summary& summary, bool weighted);

/// 12345 as "12,345".
std::string grouped(int64_t number);

/// "1 first ancestor", "12 first ancestors": `things` in the plural, with an s at the end.
std::string counted(int64_t number, const std::string& things);
/// Three significant digits, "-" for what is not a number.
std::string short_number(double value);
/// In two digits, as errors are.
std::string rough_number(double value);
std::string percent(double share);
/// "0.63 ms", "1.39 s", "2 min 5 s"
std::string duration_text(double seconds);

}  // namespace drift
