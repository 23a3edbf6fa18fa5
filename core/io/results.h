// What a run leaves behind as text: steps.csv and summary.json. formats.md, "Output of run".
#pragma once

#include "core/frame.h"

#include <string>
#include <vector>

namespace drift {

/// One row a state, row k for state k. `weighted`: the method has weights; otherwise log Z is written as nan. Times are
/// left out, so that equal runs give equal files.
std::string steps_csv(const std::vector<StepNumbers>& states, bool weighted);

/// One row for every state that training led to; empty where there was none. Times are left out likewise.
std::string training_csv(const std::vector<TrainingNumbers>& states);

/// Estimate minus exact value; NaN where one of them is not known.
inline double log_z_error(const Summary& summary) {
    return summary.log_z - summary.exact_log_z;
}

/// Numbers that are not defined become null. `error`: why the run stopped early; empty for a finished one.
std::string summary_json(const Summary& summary, const std::string& error = {});

/// Means and standard errors over repeats, for every number of which all repeats know the value.
std::string repeats_json(const std::vector<Summary>& summaries, const std::string& error = {});

}  // namespace drift
