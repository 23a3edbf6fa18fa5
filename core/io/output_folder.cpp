#include "core/io/output_folder.h"

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

namespace drift {
namespace {

namespace fs = std::filesystem;

bool is_result(const fs::directory_entry& entry) {
    constexpr std::array<std::string_view, 7> names = {"samples.npy",  "log_weights.npy", "latents.npy",    "steps.csv",
                                                       "training.csv", "summary.json",    "trained.weights"};
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && !entry.is_symlink()) {
        const bool number = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
        return number && std::ranges::all_of(fs::directory_iterator(entry.path()), is_result);
    }
    return std::ranges::find(names, name) != names.end();
}

/// So that a mistyped --out never deletes somebody's home.
void check_replaceable(const fs::path& path) {
    std::error_code error;
    if (!fs::is_directory(path, error) || fs::is_symlink(path, error)) {
        throw UserError("'--out' is " + in_quotes(path.string()) + ", which is not a folder that can be replaced");
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
        if (!is_result(entry)) {
            throw UserError("'--out' is " + in_quotes(path.string()) + " and holds " +
                            in_quotes(entry.path().filename().string()) +
                            ", but --overwrite takes folders with results of driftscope run only");
        }
    }
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path, bool overwrite) : overwrite_(overwrite) {
    path_ = fs::path(path).lexically_normal();
    if (!path_.has_filename()) {
        path_ = path_.parent_path();  // a slash at the end
    }
    const std::string name = path_.filename().string();
    if (name.empty() || name == "." || name == "..") {
        throw UserError("'--out' is " + in_quotes(path) + " but takes the name of a new folder");
    }
    try {
        if (fs::exists(fs::symlink_status(path_))) {
            if (!overwrite) {
                throw UserError("'--out' is " + in_quotes(path) + ", which exists; take another name or --overwrite");
            }
            check_replaceable(path_);
        }
        temporary_ = path_;
        temporary_.replace_filename("." + name + ".part" + std::to_string(::getpid()));
        fs::create_directories(temporary_);
    } catch (const fs::filesystem_error& error) {
        throw UserError("'--out' is " + in_quotes(path) + ", which cannot be written: " + error.code().message());
    }
}

OutputFolder::~OutputFolder() {
    std::error_code ignored;
    if (!temporary_.empty()) {
        fs::remove_all(temporary_, ignored);
    }
}

std::string OutputFolder::place_of(const std::string& name) const {
    const fs::path file = temporary_ / name;
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    return file.string();
}

void OutputFolder::write(const std::string& name, std::string_view bytes) {
    write_file(place_of(name), bytes);
}

void OutputFolder::commit() {
    move_to(path_);
}

std::string OutputFolder::commit_failed() {
    fs::path path = path_;
    if (fs::exists(fs::symlink_status(path_))) {
        path += ".failed";
    }
    move_to(path);
    return path.string();
}

void OutputFolder::move_to(const fs::path& path) {
    try {
        take_place(path);
    } catch (const fs::filesystem_error& error) {
        throw UserError("'--out' is " + in_quotes(path.string()) +
                        ", which cannot be written: " + error.code().message() + kept());
    } catch (const UserError& error) {
        throw UserError(error.what() + kept());
    }
}

void OutputFolder::take_place(const fs::path& path) {
    const bool replaces = overwrite_ && fs::exists(fs::symlink_status(path));
    if (replaces) {
        check_replaceable(path);  // it may have changed during the run
        fs::rename(path, older());
    }
    try {
        fs::rename(temporary_, path);
    } catch (const fs::filesystem_error&) {
        std::error_code ignored;  // kept() says where they are then
        if (replaces) {
            fs::rename(older(), path, ignored);
        }
        throw;
    }
    std::error_code ignored;
    if (replaces) {
        fs::remove_all(older(), ignored);
    }
    temporary_.clear();
}

fs::path OutputFolder::older() const {
    return temporary_.string() + ".old";
}

std::string OutputFolder::kept() {
    std::string sentence;
    std::error_code ignored;
    if (fs::exists(older(), ignored)) {
        sentence += "; the older results are in '" + one_line(older().string()) + "'";  // whole, however long
    }
    if (fs::exists(temporary_, ignored) && !fs::is_empty(temporary_, ignored)) {
        sentence += "; the new ones are in '" + one_line(temporary_.string()) + "'";
        temporary_.clear();
    }
    return sentence;
}

}  // namespace drift
