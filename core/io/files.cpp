#include "core/io/files.h"

#include "core/error.h"
#include "core/text.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace drift {
namespace {

std::string reason() {
    return std::system_category().message(errno);
}

}  // namespace

std::string read_file(const std::string& path, size_t max_bytes) {
    if (std::error_code error; std::filesystem::is_directory(path, error)) {
        throw UserError(in_quotes(path) + " is a folder but takes a file");
    }
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw UserError(in_quotes(path) + " cannot be read: " + reason());
    }
    std::string bytes;
    constexpr size_t chunk = size_t{1} << 20;
    // Counts while reading, since a device or a pipe has no size.
    while (in && bytes.size() <= max_bytes) {
        const size_t before = bytes.size();
        bytes.resize(before + chunk);
        in.read(bytes.data() + before, static_cast<std::streamsize>(chunk));
        bytes.resize(before + static_cast<size_t>(in.gcount()));
    }
    if (in.bad()) {
        throw UserError(in_quotes(path) + " cannot be read: " + reason());
    }
    if (bytes.size() > max_bytes) {
        throw UserError(in_quotes(path) + " is longer than the " + std::to_string(max_bytes >> 20U) +
                        " MiB that are accepted");
    }
    return bytes;
}

void write_file(const std::string& path, std::string_view bytes) {
    const std::string temporary = path + ".part" + std::to_string(::getpid());
    errno = 0;
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.close();
        if (!out) {
            const std::string why = reason();
            std::error_code ignored;
            std::filesystem::remove(temporary, ignored);
            throw UserError(in_quotes(path) + " cannot be written: " + why);
        }
    }
    std::error_code error;
    std::filesystem::rename(temporary, path, error);
    if (error) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw UserError(in_quotes(path) + " cannot be written: " + error.message());
    }
}

void check_writable(const std::filesystem::path& path, const std::string& key) {
    namespace fs = std::filesystem;
    const auto refuse = [&](const std::string& why) {
        throw UserError(in_quotes(key) + " is " + in_quotes(path.string()) + ", " + why);
    };
    std::error_code error;
    if (!path.has_filename() || fs::is_directory(path, error)) {
        refuse("which is a folder, but takes the name of a file");
    }
    const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (!fs::is_directory(folder, error)) {
        refuse("but there is no folder " + in_quotes(folder.string()));
    }
    fs::path trial = path;
    trial += ".try" + std::to_string(::getpid());
    errno = 0;
    const bool writable = std::ofstream(trial).is_open();  // permissions alone do not tell
    const std::string why = reason();
    if (!writable) {
        refuse("which cannot be written: " + why);
    }
    fs::remove(trial, error);
}

}  // namespace drift
