// Folders for what tests write.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace drift::test {

/// Empty, and no other process's: tests run side by side, and so may those of several checkouts.
inline std::filesystem::path own_folder(const std::string& name) {
    std::filesystem::path folder = testing::TempDir() + name + "_" + std::to_string(getpid());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder;
}

}  // namespace drift::test
