// The files that a scenario names, such as weights and pictures.
#pragma once

#include "core/scenario.h"

#include <string>

namespace drift {

/// The scenario as one of another folder: relative names lead from there to the files that they led to before. Names
/// that lead to none are left alone: files that are yet to be written, and those that come with the program.
Scenario moved_to(Scenario scenario, const std::string& folder);

/// The choice with every file by its name alone: what it is, whichever way leads to it.
Choice without_folders(Choice choice);

}  // namespace drift
