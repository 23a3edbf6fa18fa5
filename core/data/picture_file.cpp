#include "core/data/picture_file.h"

#include "core/data/idx.h"
#include "core/error.h"
#include "core/io/files.h"
#include "core/io/npy.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace drift {
namespace {

constexpr int64_t longest_side = 4096;
constexpr size_t largest_file = size_t{64} << 20U;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw UserError("'condition.image' names " + path + ", which " + why);
}

/// What others have to say about a file, with the key that names it.
template <class Read>
auto with_key(const Read& read) {
    try {
        return read();
    } catch (const UserError& error) {
        throw UserError(std::string("'condition.image': ") + error.what());
    }
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
    const std::string bytes = with_key([&] { return read_file(path, largest_file); });
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
    NpyArray array = with_key([&] { return read_npy(path, longest_side * longest_side); });
    std::vector<int64_t>& shape = array.shape;
    while (shape.size() > 2 && shape.front() == 1) {
        shape.erase(shape.begin());
    }
    if (shape.size() != 2) {
        refuse(path, "does not hold one picture [height, width]");
    }
    check_size(path, shape[0], shape[1]);
    const torch::Tensor values =
        torch::from_blob(array.values.data(), {1, shape[0], shape[1]}, torch::kFloat64).to(torch::kFloat32);
    if (array.type == NpyType::Uint8) {
        return from_bytes(values);
    }
    if (std::ranges::any_of(array.values, [](double value) { return !(std::abs(value) <= 1); })) {
        refuse(path, "has numbers outside [-1, 1]");
    }
    return values;
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
