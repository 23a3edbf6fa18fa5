// Where the program finds what it ships and keeps what the user set.
#pragma once

#include <string>
#include <vector>

namespace drift {

/// The assets folder: $DRIFT_ASSETS, beside the program, or in the source tree; empty where there is none.
std::string assets_folder();
/// "scenarios/scene_a.json" below that folder; empty where it does not exist.
std::string asset_path(const std::string& relative);
/// The scenario files that are shipped, sorted by name.
std::vector<std::string> shipped_scenarios();
/// Whether that file is one of those, however the path is written: they are not written to.
bool is_shipped(const std::string& path);
/// A file of the type to use, "Roboto-Regular.ttf"; empty where it was not installed.
std::string font_path(const std::string& name);
/// $XDG_CONFIG_HOME/driftscope or ~/.config/driftscope, created if needed; empty where that fails.
std::string config_folder();
/// Likewise $XDG_DATA_HOME/driftscope or ~/.local/share/driftscope: what the program keeps for the user.
std::string data_folder();

}  // namespace drift
