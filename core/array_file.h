// The file that trained weights and training checkpoints live in: a JSON header, then plain arrays.
//
//   8 bytes   "DRIFTARR"
//   8 bytes   length of the header, little-endian
//   header    JSON: format, version, arrays [{name, type, shape}], checksum, and whatever the writer adds
//   arrays    one after the other, little-endian, in the order of the header
//
// Nothing is allocated before it has been compared with the size of the file.
#pragma once

#include "core/torch.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace drift {

/// The format of trained weights.
inline constexpr const char* weights_format = "driftscope-weights";

struct NamedArray {
    std::string name;
    torch::Tensor values;  // float16 or float32; float64 for what was told, which may be not finite; on the CPU
};

struct ArrayFile {
    std::filesystem::path path;  // where it was read
    std::string key;             // that names it in messages; may be empty
    nlohmann::json header;
    std::vector<NamedArray> arrays;

    /// Throws UserError, naming `name`, where there is none.
    const torch::Tensor& at(const std::string& name) const;
    /// The same for numbers that are computed with, which are finite: of float16 or float32.
    const torch::Tensor& weights(const std::string& name) const;
    /// Throws UserError: the key, the file, and `why`, "is damaged".
    [[noreturn]] void refuse(const std::string& why) const;
    [[noreturn]] void refuse_header() const;
};

/// Writes beside `path` and renames, so that `path` never holds half a file. Throws UserError, naming `key`.
void write_array_file(const std::filesystem::path& path, const ArrayFile& file, const std::string& key = {});

/// Throws UserError, in one sentence, for anything that is not a whole and healthy file of format `format`. `key` is
/// what the user named it by.
ArrayFile read_array_file(const std::filesystem::path& path, const std::string& format, const std::string& key = {});

}  // namespace drift
