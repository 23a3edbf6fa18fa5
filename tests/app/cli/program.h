// Runs the built program as a user would, in a folder of its own.
#pragma once

#include "support/paths.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace drift::test {

struct Outcome {
    int status = -1;
    std::string out;
    std::string err;

    auto error_lines() const { return std::ranges::count(err, '\n'); }
};

/// A folder that is removed again at the end.
class Workplace {
public:
    Workplace() {
        std::string name = (std::filesystem::temp_directory_path() / "drift_cli_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        folder_ = name;
    }
    ~Workplace() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    /// Writes a file and returns its path.
    std::string file(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }

    std::string read(const std::string& name) const {
        std::ostringstream bytes;
        bytes << std::ifstream(path(name), std::ios::binary).rdbuf();
        return bytes.str();
    }

    /// Runs `driftscope arguments...` without a display; `environment` holds NAME=value, which come first.
    Outcome run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {}) const {
        return end_of(start(arguments, environment));
    }

    /// The same, interrupted as by Ctrl+C as soon as it has said `text` on its error stream.
    Outcome interrupted_at(const std::string& text, const std::vector<std::string>& arguments) const {
        const pid_t child = start(arguments, {});
        siginfo_t state{};
        while (read("stderr.txt").find(text) == std::string::npos && state.si_pid == 0) {
            ::usleep(10'000);
            ::waitid(P_PID, static_cast<id_t>(child), &state, WEXITED | WNOHANG | WNOWAIT);
        }
        ::kill(child, SIGINT);  // until it is waited for, nobody else has its number
        return end_of(child);
    }

private:
    pid_t start(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) const {
        std::vector<std::string> words = {program().string()};
        words.insert(words.end(), arguments.begin(), arguments.end());
        std::vector<std::string> variables = environment;
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string variable = *entry;
            if (!variable.starts_with("DISPLAY=") && !variable.starts_with("WAYLAND_DISPLAY=")) {
                variables.push_back(variable);
            }
        }
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        const std::string out = path("stdout.txt");
        const std::string err = path("stderr.txt");
        constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files, 1, out.c_str(), flags, 0600);
        posix_spawn_file_actions_addopen(&files, 2, err.c_str(), flags, 0600);
        pid_t child = 0;
        const int failed = posix_spawn(&child, words.front().c_str(), &files, nullptr, pointers(words).data(),
                                       pointers(variables).data());
        posix_spawn_file_actions_destroy(&files);
        if (failed != 0) {
            throw std::runtime_error("cannot start " + words.front());
        }
        return child;
    }

    Outcome end_of(pid_t child) const {
        int status = 0;
        ::waitpid(child, &status, 0);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read("stdout.txt"),
                read("stderr.txt")};
    }

    static std::vector<char*> pointers(std::vector<std::string>& words) {
        std::vector<char*> result;
        result.reserve(words.size() + 1);
        for (std::string& word : words) {
            result.push_back(word.data());
        }
        result.push_back(nullptr);
        return result;
    }

    std::filesystem::path folder_;
};

/// Path of a shipped scenario.
inline std::string shipped(const std::string& name) {
    return (source_dir() / "assets" / "scenarios" / (name + ".json")).string();
}

}  // namespace drift::test
