#include "core/data/picture_file.h"

#include "core/data/idx.h"
#include "core/error.h"
#include "core/io/files.h"

#include <png.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <regex>

namespace drift {
namespace {

constexpr int64_t longest_side = 4096;
constexpr size_t largest_file = size_t{64} << 20U;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw UserError("'condition.image' names " + path + ", which " + why);
}

torch::Tensor from_bytes(const torch::Tensor& bytes) {
    return bytes.to(torch::kFloat32).div_(127.5).sub_(1);
}

void check_size(const std::string& path, int64_t height, int64_t width) {
    if (height < 1 || width < 1 || height > longest_side || width > longest_side) {
        refuse(path, "is " + std::to_string(width) + "x" + std::to_string(height) + " pixels; 1 to " +
                         std::to_string(longest_side) + " a side are accepted");
    }
}

/// What an NPY header says; only what a picture needs is understood.
struct NpyHeader {
    std::string type;
    int64_t height = 0, width = 0;
    size_t data_at = 0;
};

NpyHeader read_npy_header(const std::string& path, const std::string& bytes) {
    constexpr size_t preamble = 10;
    if (bytes.size() < preamble || bytes.compare(0, 6, "\x93NUMPY") != 0 || bytes[6] != 1) {
        refuse(path, "is not an NPY file of version 1");
    }
    const size_t length = static_cast<uint8_t>(bytes[8]) + 256U * static_cast<uint8_t>(bytes[9]);
    // Real headers have some 120 characters. Matching a long one would overflow the stack of std::regex.
    if (length > 512) {
        refuse(path, "has an NPY header of " + std::to_string(length) + " bytes; 512 are accepted");
    }
    const std::string header = bytes.substr(preamble, length);
    static const std::regex type_pattern(R"('descr': *'([<|=][a-z][0-9]+)')");
    static const std::regex order_pattern(R"('fortran_order': *False)");
    static const std::regex shape_pattern(R"('shape': *\((?: *1 *,)* *([0-9]{1,6}) *, *([0-9]{1,6}) *,? *\))");
    std::smatch type;
    std::smatch shape;
    if (header.size() < length || !std::regex_search(header, type, type_pattern) ||
        !std::regex_search(header, order_pattern) || !std::regex_search(header, shape, shape_pattern)) {
        refuse(path, "does not hold one picture [height, width] in C order");
    }
    NpyHeader found{type[1], std::stoll(shape[1]), std::stoll(shape[2]), preamble + length};
    check_size(path, found.height, found.width);
    return found;
}

std::filesystem::path in_folder(const std::string& file, const std::string& folder) {
    return std::filesystem::path(folder) / file;  // an absolute name replaces the folder
}

torch::Tensor read_file_picture(const std::string& path) {
    const std::string extension = std::filesystem::path(path).extension().string();
    if (extension == ".png" || extension == ".PNG") {
        return read_png(path);
    }
    if (extension == ".npy") {
        return read_npy_picture(path);
    }
    refuse(path, "is neither a .png nor a .npy file");
}

torch::Tensor read_dataset_picture(const ImageSource& source) {
    if (source.dataset != "fashion-mnist-test" && source.dataset != "fashion-mnist-train") {
        throw UserError("'condition.image.dataset' is '" + source.dataset +
                        "', but accepted are fashion-mnist-test and fashion-mnist-train");
    }
    const LabelledPictures set =
        read_fashion_mnist(fashion_mnist_folder, source.dataset == "fashion-mnist-test" ? "t10k" : "train");
    if (source.index < 0 || source.index >= set.size()) {
        throw UserError("'condition.image.index' is " + std::to_string(source.index) + ", but " + source.dataset +
                        " has pictures 0 to " + std::to_string(set.size() - 1));
    }
    return set.normalised(torch::tensor({source.index}, torch::kInt64)).squeeze(0);
}

}  // namespace

torch::Tensor read_png(const std::string& path) {
    const std::string bytes = read_file(path, largest_file);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
        refuse(path, std::string("is not a readable PNG file: ") + image.message);
    }
    image.format = PNG_FORMAT_GRAY;
    const auto height = static_cast<int64_t>(image.height);
    const auto width = static_cast<int64_t>(image.width);
    if (height > longest_side || width > longest_side) {
        png_image_free(&image);
        check_size(path, height, width);
    }
    torch::Tensor pixels = torch::empty({1, height, width}, torch::kUInt8);
    const png_color black{0, 0, 0};  // behind transparent pixels
    if (png_image_finish_read(&image, &black, pixels.mutable_data_ptr<uint8_t>(), 0, nullptr) == 0) {
        refuse(path, std::string("is not a readable PNG file: ") + image.message);
    }
    return from_bytes(pixels);
}

torch::Tensor read_npy_picture(const std::string& path) {
    const std::string bytes = read_file(path, largest_file);
    const NpyHeader header = read_npy_header(path, bytes);
    torch::ScalarType type{};
    if (header.type == "<f4") {
        type = torch::kFloat32;
    } else if (header.type == "<f8") {
        type = torch::kFloat64;
    } else if (header.type == "|u1") {
        type = torch::kUInt8;
    } else {
        refuse(path, "has numbers of type '" + header.type + "'; float32, float64 and uint8 are accepted");
    }
    const size_t needed = c10::elementSize(type) * static_cast<size_t>(header.height * header.width);
    if (bytes.size() - header.data_at != needed) {
        refuse(path, "has " + std::to_string(bytes.size() - header.data_at) +
                         " bytes of numbers where its header needs " + std::to_string(needed));
    }
    torch::Tensor values = torch::empty({1, header.height, header.width}, type);
    std::memcpy(values.mutable_data_ptr(), bytes.data() + header.data_at, needed);
    if (type == torch::kUInt8) {
        return from_bytes(values);
    }
    if (!(values.abs() <= 1).all().item<bool>()) {
        refuse(path, "has numbers outside [-1, 1]");
    }
    return values.to(torch::kFloat32);
}

torch::Tensor read_picture(const ImageSource& source, const std::vector<int64_t>& shape, const std::string& folder) {
    const bool from_file = !source.file.empty();
    const std::string name = from_file ? in_folder(source.file, folder).string() : source.dataset;
    torch::Tensor picture = from_file ? read_file_picture(name) : read_dataset_picture(source);
    if (picture.sizes().vec() != shape) {
        refuse(name, "is a picture of " + std::to_string(picture.size(2)) + "x" + std::to_string(picture.size(1)) +
                         " grey pixels where the prior's are " + std::to_string(shape.back()) + "x" +
                         std::to_string(shape[1]) + " in " + std::to_string(shape[0]) + " channel(s)");
    }
    return picture;
}

}  // namespace drift
