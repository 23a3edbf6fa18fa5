// The files that a scenario names, such as weights and pictures.
#pragma once

#include "core/scenario.h"

#include <string>

namespace drift {

/// The scenario as one of another folder: relative names lead from there to the files that they led to before. Names
/// that lead to none are left alone: files that are yet to be written, and those that come with the program.
Scenario moved_to(Scenario scenario, const std::string& folder);

/// The choice of a scenario in `folder` with every file by what is in it, whichever way leads to it: its name without
/// folders, and a checksum where the name leads to a file. Files are read once, and again when they have changed. For
/// comparing, not for running.
Choice with_contents(Choice choice, const std::string& folder);
/// All four choices so.
Scenario with_contents(Scenario scenario);

}  // namespace drift
