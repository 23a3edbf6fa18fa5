#include "core/io/npy.h"

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace drift {
namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie in memory");

constexpr std::string_view magic{"\x93NUMPY\x01\x00", 8};
constexpr size_t max_header = 65'535;  // version 1.0 has two bytes for its length

std::string tuple_text(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t extent : shape) {
        text += (text.empty() ? "" : ", ") + std::to_string(extent);
    }
    return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

template <class T>
std::string bytes_of(const std::vector<int64_t>& shape, std::span<const T> values, const char* type) {
    int64_t count = 1;
    for (const int64_t extent : shape) {
        count *= extent;
    }
    if (count != static_cast<int64_t>(values.size())) {
        throw std::logic_error("the shape of an array must multiply to its size");
    }
    // One piece at a time: GCC 12 sees array bounds crossed in a chain of operator+.
    std::string header = "{'descr': '";
    header += type;
    header += "', 'fortran_order': False, 'shape': ";
    header += tuple_text(shape);
    header += ", }";
    constexpr size_t alignment = 64;
    const size_t unpadded = magic.size() + 2 + header.size() + 1;
    header.append((alignment - unpadded % alignment) % alignment, ' ');
    header += '\n';
    std::string bytes(magic);
    bytes += static_cast<char>(header.size() & 0xffU);
    bytes += static_cast<char>(header.size() >> 8U);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return bytes;
}

/// What follows 'key': in the header, up to the next comma outside brackets.
std::optional<std::string> entry(std::string_view header, const std::string& key) {
    const size_t at = header.find("'" + key + "':");
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view rest = header.substr(at + key.size() + 3);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const size_t end = rest.starts_with('(') ? rest.find(')') : rest.find_first_of(",}");
    return end == std::string_view::npos ? std::nullopt : std::optional(std::string(rest.substr(0, end)));
}

/// "(3, 28, 28" to {3, 28, 28}; nothing where it is not a shape of at most `max_values`.
std::optional<std::vector<int64_t>> shape_from(std::string_view text, size_t max_values) {
    std::vector<int64_t> shape;
    size_t product = 1;
    if (!text.starts_with('(')) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    while (text.find_first_not_of(", ") != std::string_view::npos) {
        text.remove_prefix(text.find_first_not_of(", "));
        int64_t extent = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
        if (error != std::errc{} || extent < 0 || shape.size() == 8 ||
            (extent > 0 && product > max_values / static_cast<size_t>(extent))) {
            return std::nullopt;
        }
        product *= static_cast<size_t>(extent);
        shape.push_back(extent);
        text.remove_prefix(static_cast<size_t>(end - text.data()));
    }
    return shape;
}

std::optional<NpyType> type_from(std::string_view text) {
    if (text == "'<f4'") {
        return NpyType::Float32;
    }
    if (text == "'<f8'") {
        return NpyType::Float64;
    }
    return text == "'|u1'" ? std::optional(NpyType::Uint8) : std::nullopt;
}

/// What this header says that is not accepted; empty where there is no such thing.
std::string problem_with(std::string_view header, size_t max_values) {
    for (const char* key : {"descr", "fortran_order", "shape"}) {
        if (!entry(header, key)) {
            return "has no " + in_quotes(key) + " in its header";
        }
    }
    std::string type = *entry(header, "descr");
    if (!type_from(type)) {
        std::erase(type, '\'');
        return "holds values of the type " + in_quotes(type);
    }
    if (const std::string order = *entry(header, "fortran_order"); order != "False") {
        return order.starts_with("True")
                   ? "holds its values column by column"
                   : "has the 'fortran_order' " + in_quotes(order) + " where True or False belongs";
    }
    const std::string shape = *entry(header, "shape");
    if (!shape_from(shape, max_values)) {
        return "has the shape " + in_quotes(shape.starts_with('(') ? shape + ")" : shape) +
               ", which is none of at most " + std::to_string(max_values) + " values";
    }
    return {};
}

size_t width_of(NpyType type) {
    switch (type) {
        case NpyType::Float32:
            return sizeof(float);
        case NpyType::Float64:
            return sizeof(double);
        case NpyType::Uint8:
            break;
    }
    return 1;
}

template <class T>
void append(std::vector<double>& values, std::string_view bytes) {
    values.reserve(bytes.size() / sizeof(T));
    for (size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
        T value{};
        std::memcpy(&value, bytes.data() + i, sizeof(T));
        values.push_back(static_cast<double>(value));
    }
}

}  // namespace

std::string npy_bytes(const std::vector<int64_t>& shape, std::span<const float> values) {
    return bytes_of(shape, values, "<f4");
}

std::string npy_bytes(const std::vector<int64_t>& shape, std::span<const double> values) {
    return bytes_of(shape, values, "<f8");
}

NpyArray read_npy(const std::string& path, size_t max_values) {
    const std::string bytes = read_file(path, max_values * sizeof(double) + max_header + magic.size() + 2);
    const auto refuse = [&path](const std::string& what) {
        throw UserError(in_quotes(path) + " " + what +
                        "; accepted: NPY 1.0 arrays of float32, float64 or uint8, row by row");
    };
    const size_t start = magic.size() + 2;
    if (bytes.size() < start || !bytes.starts_with(magic)) {
        refuse("is not an NPY file");
    }
    const auto low = static_cast<unsigned char>(bytes[magic.size()]);
    const auto high = static_cast<unsigned char>(bytes[magic.size() + 1]);
    const size_t length = low + (static_cast<size_t>(high) << 8U);
    if (bytes.size() < start + length) {
        refuse("is truncated");
    }
    const std::string_view header = std::string_view(bytes).substr(start, length);
    if (const std::string problem = problem_with(header, max_values); !problem.empty()) {
        refuse(problem);
    }
    const NpyType type = type_from(entry(header, "descr").value_or("")).value();
    NpyArray array{shape_from(entry(header, "shape").value_or(""), max_values).value(), type, {}};
    size_t count = 1;
    for (const int64_t extent : array.shape) {
        count *= static_cast<size_t>(extent);
    }
    const std::string_view data = std::string_view(bytes).substr(start + length);
    if (data.size() != count * width_of(type)) {
        refuse("has " + std::to_string(data.size()) + " bytes of values where its header announces " +
               std::to_string(count * width_of(type)));
    }
    switch (type) {
        case NpyType::Float32:
            append<float>(array.values, data);
            break;
        case NpyType::Float64:
            append<double>(array.values, data);
            break;
        case NpyType::Uint8:
            append<uint8_t>(array.values, data);
            break;
    }
    return array;
}

}  // namespace drift
