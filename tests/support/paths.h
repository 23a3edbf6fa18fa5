// Where tests find the program and the files that it ships.
#pragma once

#include <filesystem>

namespace drift::test {

/// The source folder: assets/ and shaders/ lie in it.
std::filesystem::path source_dir();

/// The built program, for tests of the command line.
std::filesystem::path program();

}  // namespace drift::test
