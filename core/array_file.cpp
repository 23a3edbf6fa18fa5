#include "core/array_file.h"

#include "core/error.h"
#include "core/text.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <system_error>

namespace drift {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "arrays are stored little-endian");

constexpr std::string_view magic = "DRIFTARR";
constexpr uint64_t preamble = magic.size() + sizeof(uint64_t);
constexpr uint64_t longest_header = 1U << 20U;
constexpr size_t most_dimensions = 8;
constexpr int version = 1;

/// "'prior.weights' names the file 'x', which", or "the file 'x'" where no key names it.
std::string named(const std::string& key, const fs::path& path) {
    const std::string file = "the file " + in_quotes(path.string());
    return key.empty() ? file : in_quotes(key) + " names " + file + ", which";
}

struct NamedType {
    std::string_view name;
    torch::ScalarType type;
    uint64_t bytes;
};
constexpr std::array<NamedType, 3> types{
    {{"float16", torch::kFloat16, 2}, {"float32", torch::kFloat32, 4}, {"float64", torch::kFloat64, 8}}};

std::string type_name(torch::ScalarType type) {
    const auto* found = std::ranges::find(types, type, &NamedType::type);
    TORCH_CHECK(found != types.end(), "array files hold float16, float32 and float64");
    return std::string(found->name);
}

std::string checksum(const std::vector<NamedArray>& arrays) {
    uLong crc = crc32(0, nullptr, 0);
    for (const NamedArray& array : arrays) {
        const auto* bytes = static_cast<const Bytef*>(array.values.const_data_ptr());
        crc = crc32_z(crc, bytes, array.values.nbytes());
    }
    return "crc32:" + std::to_string(crc);
}

/// What the header says about one array, before anything is allocated.
struct Announced {
    std::string name;
    torch::ScalarType type = torch::kFloat16;
    std::vector<int64_t> shape;
    uint64_t bytes = 0;
};

Announced read_announcement(const ArrayFile& file, const json& entry, uint64_t available) {
    Announced array;
    array.name = entry.at("name").get<std::string>();
    const auto type = entry.at("type").get<std::string>();
    const auto* known = std::ranges::find(types, type, &NamedType::name);
    if (known == types.end()) {
        file.refuse("has an array of type '" + type + "'; float16, float32 and float64 are accepted");
    }
    array.type = known->type;
    array.bytes = known->bytes;
    for (const json& size : entry.at("shape")) {
        const auto n = size.get<uint64_t>();
        // the product can only overflow after it has exceeded what is there
        if (!size.is_number_unsigned() || n == 0 || n > available / array.bytes ||
            array.shape.size() == most_dimensions) {
            file.refuse("announces the array '" + array.name + "' with a size that the file cannot hold");
        }
        array.bytes *= n;
        array.shape.push_back(static_cast<int64_t>(n));
    }
    return array;
}

std::vector<Announced> announcements(const ArrayFile& file, uint64_t available) {
    std::vector<Announced> arrays;
    uint64_t total = 0;
    for (const json& entry : file.header.at("arrays")) {
        arrays.push_back(read_announcement(file, entry, available - total));
        total += arrays.back().bytes;
    }
    if (total != available) {
        file.refuse("holds " + std::to_string(available) + " bytes of numbers where its header announces " +
                    std::to_string(total) + "; it is truncated or damaged");
    }
    return arrays;
}

json read_header(const ArrayFile& file, std::ifstream& in, uint64_t file_size) {
    std::array<char, preamble> start{};
    if (file_size < preamble || !in.read(start.data(), start.size()) ||
        std::string_view(start.data(), magic.size()) != magic) {
        file.refuse("is not a weight file of this program");
    }
    uint64_t length = 0;
    std::memcpy(&length, start.data() + magic.size(), sizeof(length));
    if (length > longest_header || length > file_size - preamble) {
        file.refuse("announces a header of " + std::to_string(length) + " bytes; it is truncated or damaged");
    }
    std::string text(length, '\0');
    in.read(text.data(), static_cast<std::streamsize>(length));
    return json::parse(text);
}

void check_format(const ArrayFile& file, const std::string& format) {
    const auto found = file.header.at("format").get<std::string>();
    if (found != format) {
        file.refuse("is a file of format '" + found + "' where '" + format + "' is accepted");
    }
    const auto number = file.header.at("version").get<int>();
    if (number != version) {
        file.refuse("has version " + std::to_string(number) + " where version " + std::to_string(version) +
                    " is accepted");
    }
}

/// Into `file`, of which path and key are known.
void read_checked(ArrayFile& file, const std::string& format) {
    std::error_code error;
    const uint64_t size = fs::file_size(file.path, error);
    std::ifstream in(file.path, std::ios::binary);
    if (error || !in) {
        file.refuse("cannot be read");
    }
    file.header = read_header(file, in, size);
    check_format(file, format);
    const auto available = size - static_cast<uint64_t>(in.tellg());
    for (const Announced& array : announcements(file, available)) {
        torch::Tensor values = torch::empty(array.shape, array.type);
        in.read(static_cast<char*>(values.mutable_data_ptr()), static_cast<std::streamsize>(array.bytes));
        file.arrays.push_back({array.name, values});
    }
    if (!in) {
        file.refuse("ends too early");
    }
    if (file.header.at("checksum").get<std::string>() != checksum(file.arrays)) {
        file.refuse("does not match its checksum; it is damaged");
    }
    for (const NamedArray& array : file.arrays) {
        if (array.values.scalar_type() != torch::kFloat64 && !array.values.isfinite().all().item<bool>()) {
            file.refuse("has numbers that are not finite in the array '" + array.name + "'");
        }
    }
}

[[noreturn]] void refuse_to_write(const ArrayFile& file, const std::string& why) {
    throw UserError(named(file.key, file.path) + " cannot be written" + why);
}

void write_all(const fs::path& path, const ArrayFile& file) {
    json header = file.header;
    header["version"] = version;
    header["checksum"] = checksum(file.arrays);
    header["arrays"] = json::array();
    for (const NamedArray& array : file.arrays) {
        header["arrays"].push_back(
            {{"name", array.name}, {"type", type_name(array.values.scalar_type())}, {"shape", array.values.sizes()}});
    }
    const std::string text = header.dump(1);
    const uint64_t length = text.size();
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(magic.data(), magic.size());
    out.write(reinterpret_cast<const char*>(&length), sizeof(length));
    out.write(text.data(), static_cast<std::streamsize>(length));
    for (const NamedArray& array : file.arrays) {
        out.write(static_cast<const char*>(array.values.const_data_ptr()),
                  static_cast<std::streamsize>(array.values.nbytes()));
    }
    out.close();
    if (!out) {
        refuse_to_write(file, "; is the disk full or the folder missing?");
    }
}

}  // namespace

void ArrayFile::refuse(const std::string& why) const {
    throw UserError(named(key, path) + " " + why);
}

void ArrayFile::refuse_header() const {
    refuse("has a header that this program cannot read");
}

const torch::Tensor& ArrayFile::at(const std::string& name) const {
    for (const NamedArray& array : arrays) {
        if (array.name == name) {
            return array.values;
        }
    }
    refuse("has no array '" + name + "'");
}

const torch::Tensor& ArrayFile::weights(const std::string& name) const {
    const torch::Tensor& values = at(name);
    if (values.scalar_type() == torch::kFloat64) {
        refuse("has the array '" + name + "' of type 'float64'; float16 and float32 are accepted");
    }
    return values;
}

void write_array_file(const fs::path& path, const ArrayFile& file, const std::string& key) {
    ArrayFile packed = file;
    packed.path = path;
    packed.key = key;
    for (NamedArray& array : packed.arrays) {
        array.values = array.values.detach().cpu().contiguous();
    }
    fs::path temporary = path;
    temporary += ".part";
    write_all(temporary, packed);
    std::error_code error;
    fs::rename(temporary, path, error);
    if (error) {
        refuse_to_write(packed, ": " + error.message());
    }
}

ArrayFile read_array_file(const fs::path& path, const std::string& format, const std::string& key) {
    ArrayFile file;
    file.path = path;
    file.key = key;
    try {
        read_checked(file, format);
    } catch (const json::exception&) {
        file.refuse_header();
    }
    return file;
}

}  // namespace drift
