#include "core/data/idx.h"

#include "core/error.h"

#include <zlib.h>

#include <array>
#include <memory>
#include <system_error>

namespace drift {
namespace {

namespace fs = std::filesystem;

using GzFile = std::unique_ptr<gzFile_s, decltype([](gzFile file) { gzclose(file); })>;

constexpr uint64_t largest_ratio = 1100;  // deflate cannot compress more than this

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
    throw UserError("data: " + path.string() + " " + why);
}

uint32_t big_endian(const uint8_t* bytes) {
    return uint32_t{bytes[0]} << 24U | uint32_t{bytes[1]} << 16U | uint32_t{bytes[2]} << 8U | uint32_t{bytes[3]};
}

void read_exactly(const fs::path& path, const GzFile& file, uint8_t* into, uint64_t count) {
    constexpr uint64_t largest = 1U << 30U;
    while (count > 0) {
        const auto part = static_cast<unsigned>(std::min(count, largest));
        const int got = gzread(file.get(), into, part);
        if (got <= 0) {
            refuse(path, "ends too early or is damaged");
        }
        into += got;
        count -= static_cast<uint64_t>(got);
    }
}

}  // namespace

torch::Tensor read_idx(const fs::path& path, int dimensions) {
    std::error_code error;
    const uint64_t packed_size = fs::file_size(path, error);
    const GzFile file(gzopen(path.c_str(), "rb"));
    if (error || !file) {
        refuse(path, "cannot be read; the Debian package dataset-fashion-mnist brings the files");
    }
    std::array<uint8_t, 4> start{};
    read_exactly(path, file, start.data(), start.size());
    if (start[0] != 0 || start[1] != 0 || start[2] != 8 || start[3] != dimensions) {
        refuse(path, "is not an idx file of bytes with " + std::to_string(dimensions) + " dimensions");
    }
    std::vector<int64_t> shape;
    uint64_t count = 1;
    const uint64_t most = largest_ratio * packed_size;
    for (int i = 0; i < dimensions; ++i) {
        std::array<uint8_t, 4> size{};
        read_exactly(path, file, size.data(), size.size());
        const uint64_t n = big_endian(size.data());
        if (n == 0 || n > most / count) {
            refuse(path, "announces more than the file can hold, or nothing");
        }
        count *= n;
        shape.push_back(static_cast<int64_t>(n));
    }
    torch::Tensor values = torch::empty(shape, torch::kUInt8);
    read_exactly(path, file, values.mutable_data_ptr<uint8_t>(), count);
    uint8_t more = 0;
    if (gzread(file.get(), &more, 1) != 0) {
        refuse(path, "is longer than it announces");
    }
    return values;
}

LabelledPictures read_fashion_mnist(const fs::path& folder, const std::string& part) {
    LabelledPictures set;
    set.pictures = read_idx(folder / (part + "-images-idx3-ubyte.gz"), 3);
    set.labels = read_idx(folder / (part + "-labels-idx1-ubyte.gz"), 1).to(torch::kInt64);
    if (set.labels.size(0) != set.pictures.size(0)) {
        refuse(folder, "has " + std::to_string(set.pictures.size(0)) + " pictures and " +
                           std::to_string(set.labels.size(0)) + " labels in its part " + part);
    }
    if (set.labels.max().item<int64_t>() > 9) {
        refuse(folder, "has a label above 9 in its part " + part);
    }
    return set;
}

torch::Tensor LabelledPictures::normalised(const torch::Tensor& indices) const {
    return pictures.index_select(0, indices).to(torch::kFloat32).div_(127.5).sub_(1).unsqueeze_(1);
}

}  // namespace drift
