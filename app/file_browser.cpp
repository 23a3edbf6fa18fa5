#include "app/file_browser.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace drift {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::vector<FileEntry> list_folder(const std::string& folder, const std::string& extension) {
    std::vector<FileEntry> entries;
    std::error_code error;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        std::error_code ignored;
        const bool is_dir = it->is_directory(ignored);
        if (name.empty() || name[0] == '.' || (!is_dir && it->path().extension() != extension)) {
            continue;
        }
        entries.push_back({name, is_dir});
    }
    std::sort(entries.begin(), entries.end(),
              [](const FileEntry& a, const FileEntry& b) { return a.folder != b.folder ? a.folder : a.name < b.name; });
    if (fs::path(folder).has_relative_path()) {
        entries.insert(entries.begin(), {"..", true});
    }
    return entries;
}

std::string home_folder() {
    const char* home = std::getenv("HOME");
    return home == nullptr || *home == '\0' ? "/" : home;
}

std::string join_path(const std::string& folder, const std::string& name) {
    const bool at_home = !name.empty() && name[0] == '~';
    const fs::path joined =
        at_home ? fs::path(home_folder()) / fs::path(name.substr(1)).relative_path() : fs::path(folder) / name;
    fs::path path = joined.lexically_normal();
    if (!path.has_filename() && path.has_relative_path()) {
        path = path.parent_path();
    }
    return path.string();
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

bool is_file(const std::string& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

std::string folder_of(const std::string& path) {
    std::error_code error;
    const fs::path absolute = fs::absolute(path, error);
    return error ? std::string{} : absolute.parent_path().string();
}

}  // namespace drift
