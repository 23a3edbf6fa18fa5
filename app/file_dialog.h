// Our own dialog for files, inside the window: works on every display, with the keyboard, and under test.
#pragma once

#include "app/file_browser.h"

#include <functional>
#include <string>
#include <vector>

namespace drift {

class FileDialog {
public:
    using Done = std::function<void(const std::string& path)>;

    /// Appears in the next frame; `done` is called with the path chosen, or never.
    void open(std::string folder, Done done);
    void save(std::string folder, std::string name, Done done);
    bool visible() const { return visible_; }
    void draw();  ///< once per frame, outside any window

private:
    void go_to(const std::string& folder);
    void draw_entries();
    void accept(const std::string& name);

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
