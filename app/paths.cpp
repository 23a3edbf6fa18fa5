#include "app/paths.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <system_error>

namespace drift {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : value;
}

fs::path program_folder() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path{} : program.parent_path();
}

/// The first of these that holds `wanted`.
std::string first_with(std::initializer_list<fs::path> folders, const std::string& wanted) {
    for (const fs::path& folder : folders) {
        std::error_code error;
        if (!folder.empty() && fs::exists(folder / wanted, error)) {
            return folder.string();
        }
    }
    return {};
}

/// The program's own below the folder that the variable names, or that one in the user's home.
std::string users_folder(const char* name, const char* usual) {
    const std::string home = variable("HOME");
    const std::string given = variable(name);
    if (given.empty() && home.empty()) {
        return {};
    }
    const fs::path folder = (given.empty() ? fs::path(home) / usual : fs::path(given)) / "driftscope";
    std::error_code error;
    fs::create_directories(folder, error);
    return error ? std::string{} : folder.string();
}

}  // namespace

std::string assets_folder() {
    const fs::path program = program_folder();
    return first_with({variable("DRIFT_ASSETS"), program / "assets", program / ".." / ".." / "assets",
                       program / ".." / "share" / "driftscope" / "assets", "assets"},
                      "scenarios");
}

std::string asset_path(const std::string& relative) {
    const std::string folder = assets_folder();
    std::error_code error;
    const fs::path path = fs::path(folder) / relative;
    return !folder.empty() && fs::exists(path, error) ? path.string() : std::string{};
}

std::vector<std::string> shipped_scenarios() {
    std::vector<std::string> found;
    const std::string folder = asset_path("scenarios");
    std::error_code error;
    if (!folder.empty()) {
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
            if (entry.path().extension() == ".json") {
                found.push_back(entry.path().string());
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

bool is_shipped(const std::string& path) {
    std::error_code error;
    return !path.empty() &&
           fs::equivalent(fs::absolute(path).parent_path(), fs::path(assets_folder()) / "scenarios", error);
}

std::string font_path(const std::string& name) {
    const fs::path program = program_folder();
    const std::string folder = first_with(
        {program / "fonts", program / ".." / "share" / "driftscope" / "fonts", fs::path(assets_folder()) / "fonts"},
        name);
    return folder.empty() ? folder : (fs::path(folder) / name).string();
}

std::string config_folder() {
    return users_folder("XDG_CONFIG_HOME", ".config");
}

std::string data_folder() {
    return users_folder("XDG_DATA_HOME", ".local/share");
}

}  // namespace drift
