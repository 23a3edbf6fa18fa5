// Whole files in and out. A file that is being replaced is either the old one or the new one, never half of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace drift {

/// The bytes of a file; throws UserError where it cannot be read or is longer than `max_bytes`.
std::string read_file(const std::string& path, size_t max_bytes);

/// Writes a temporary file beside `path`, then renames it. Throws UserError.
void write_file(const std::string& path, std::string_view bytes);

/// Throws UserError, naming `key`, unless a file could be written there.
void check_writable(const std::filesystem::path& path, const std::string& key);

}  // namespace drift
