#include "core/data/picture_file.h"

#include "core/error.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace drift {
namespace {

using std::string_literals::operator""s;

std::string write_bytes(const std::string& name, const std::string& bytes) {
    std::string path = (std::filesystem::path(testing::TempDir()) / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

std::string npy(const std::string& type, const std::string& shape, const std::string& data,
                const std::string& order = "False") {
    std::string header = "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
    std::string start = "\x93NUMPY\x1\x0"s;
    start += static_cast<char>(header.size());
    start += '\0';
    return start + header + data;
}

std::string floats(const std::vector<float>& values) {
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

TEST(PictureFile, ReadsNpyOfEveryAcceptedKind) {
    const std::string path = write_bytes("drift_a.npy", npy("<f4", "(1, 1, 2)", floats({-1, 0.5F})));
    EXPECT_EQ(read_npy_picture(path).sizes(), (std::vector<int64_t>{1, 1, 2}));
    EXPECT_EQ(read_npy_picture(path)[0][0][1].item<float>(), 0.5F);
    const std::string bytes = write_bytes("drift_b.npy", npy("|u1", "(2, 1)", "\0\xff"s));
    EXPECT_EQ(read_npy_picture(bytes)[0][0][0].item<float>(), -1);
    EXPECT_EQ(read_npy_picture(bytes)[0][1][0].item<float>(), 1);
}

TEST(PictureFile, RefusesMalformedNpy) {
    const std::string good = npy("<f4", "(1, 2)", floats({0, 0}));
    const auto refused = [](const std::string& bytes) {
        EXPECT_THROW(read_npy_picture(write_bytes("drift_bad.npy", bytes)), UserError) << bytes;
    };
    for (size_t length = 0; length < good.size(); ++length) {
        refused(good.substr(0, length));
    }
    refused(good + "x");
    refused(npy("<f4", "(999999, 999999)", ""));
    refused(npy("<f4", "(99999999999999999999, 2)", ""));
    refused(npy("<f4", "(3, 1, 2)", floats({0, 0, 0, 0, 0, 0})));
    refused(npy("<f4", "(1, 2)", floats({0, 0}), "True"));
    refused(npy("<c8", "(1, 1)", floats({0, 0})));
    refused(npy("<f4", "(1, 2)", floats({0, NAN})));
    refused(npy("<f4", "(1, 2)", floats({0, 1.5F})));
}

TEST(PictureFile, NamesTheKeyOfWhatCannotBeRead) {
    const std::string good = npy("<f4", "(1, 2)", floats({0, 0}));
    for (const std::string& path :
         {write_bytes("drift_k.npy", "hello"), write_bytes("drift_l.npy", good.substr(0, 20)),
          write_bytes("drift_m.npy", npy("<f4", "(1, 2)", floats({0, 0}), "True")), write_bytes("drift_n.png", "hello"),
          std::string("/nowhere.png"), std::string("/nowhere.npy")}) {
        try {
            read_picture({.dataset = "", .index = 0, .file = path}, {1, 1, 2}, "");
            ADD_FAILURE() << path;
        } catch (const UserError& error) {
            EXPECT_NE(std::string(error.what()).find("'condition.image'"), std::string::npos) << error.what();
            EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
        }
    }
}

TEST(PictureFile, ReadsPngAndRefusesBrokenOnes) {
    const std::string path = (std::filesystem::path(testing::TempDir()) / "drift_c.png").string();
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = 2;
    image.height = 3;
    image.format = PNG_FORMAT_GRAY;
    const uint8_t pixels[6] = {0, 255, 0, 0, 0, 0};
    ASSERT_NE(png_image_write_to_file(&image, path.c_str(), 0, pixels, 0, nullptr), 0);
    const torch::Tensor picture = read_png(path);
    EXPECT_EQ(picture.sizes(), (std::vector<int64_t>{1, 3, 2}));
    EXPECT_EQ(picture[0][0][1].item<float>(), 1);
    EXPECT_EQ(picture[0][1][0].item<float>(), -1);
    EXPECT_THROW(read_picture({.dataset = "", .index = 0, .file = path}, {1, 28, 28}, ""), UserError);

    std::ifstream in(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    EXPECT_THROW(read_png(write_bytes("drift_d.png", bytes.substr(0, 40))), UserError);
    EXPECT_THROW(read_png(write_bytes("drift_d.png", "hello")), UserError);
    std::string enormous = bytes;
    enormous[16] = '\x7f';  // the first byte of the width
    EXPECT_THROW(read_png(write_bytes("drift_d.png", enormous)), UserError);
    EXPECT_THROW(read_png("/nowhere.png"), UserError);
    EXPECT_THROW(read_picture({.dataset = "", .index = 0, .file = "x.jpg"}, {1, 28, 28}, ""), UserError);
    EXPECT_THROW(read_picture({.dataset = "other", .index = 0, .file = ""}, {1, 28, 28}, ""), UserError);
}

}  // namespace
}  // namespace drift
