// Our own dialog for files, inside the window: works on every display, with the keyboard, and under test.
#pragma once

#include "app/file_browser.h"

#include <functional>
#include <string>
#include <vector>

namespace drift {

/// What files the dialog is about.
struct FileKind {
    const char* what = "scenario";    // as in "Open scenario"
    const char* extension = ".json";  // of the files that are listed, and given to a name without one
};

class FileDialog {
public:
    using Done = std::function<void(const std::string& path)>;

    /// Appears in the next frame; `done` is called with the path chosen, or never.
    void open(std::string folder, Done done, FileKind kind = {});
    void save(std::string folder, std::string name, Done done, FileKind kind = {});
    bool visible() const { return visible_; }
    void draw();  ///< once per frame, outside any window

private:
    void go_to(const std::string& folder);
    void draw_entries();
    void accept(const std::string& name);

    FileKind kind_;
    std::string folder_;
    std::vector<FileEntry> entries_;
    std::string name_;
    std::string message_;
    Done done_;
    bool saving_ = false;
    bool visible_ = false;
    bool appearing_ = false;
    bool overwrite_asked_ = false;
};

}  // namespace drift
