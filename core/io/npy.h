// Arrays in the NPY format of NumPy, version 1.0, little endian, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace drift {

/// The bytes of an NPY file; `shape` must multiply to the number of values.
std::string npy_bytes(const std::vector<int64_t>& shape, std::span<const float> values);
std::string npy_bytes(const std::vector<int64_t>& shape, std::span<const double> values);

enum class NpyType { Float32, Float64, Uint8 };

struct NpyArray {
    std::vector<int64_t> shape;
    NpyType type = NpyType::Float64;  // of the numbers in the file
    std::vector<double> values;       // row by row
};

/// Reads float32, float64 and 8-bit unsigned arrays of at most `max_values` values. Throws UserError for anything else,
/// truncated files included.
NpyArray read_npy(const std::string& path, size_t max_values);

}  // namespace drift
