// The list of a folder for opening and saving: folders first, then files of one kind. Without ImGui.
#pragma once

#include <string>
#include <vector>

namespace drift {

struct FileEntry {
    std::string name;
    bool folder = false;

    bool operator==(const FileEntry&) const = default;
};

/// Folders and files that end with `extension`, hidden ones left out, each group by name; ".." first where there is a
/// parent. Empty for a folder that cannot be read.
std::vector<FileEntry> list_folder(const std::string& folder, const std::string& extension);
/// $HOME, or the root where there is none.
std::string home_folder();
/// `name` inside `folder`, or `name` where it is absolute, without "." and "..". "~" is the home folder.
std::string join_path(const std::string& folder, const std::string& name);
bool is_folder(const std::string& path);
bool is_file(const std::string& path);
std::string folder_of(const std::string& path);

}  // namespace drift
