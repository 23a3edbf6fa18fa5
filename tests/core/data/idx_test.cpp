#include "core/data/idx.h"

#include "core/error.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace drift {
namespace {

using std::string_literals::operator""s;

std::filesystem::path write_gz(const std::string& name, const std::string& bytes) {
    std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return path;
}

const std::string two_pictures = "\0\0\x8\x3\0\0\0\x2\0\0\0\x2\0\0\0\x1\xff\0\0\xff"s;

TEST(Idx, ReadsPicturesAsTheyAre) {
    const torch::Tensor pictures = read_idx(write_gz("drift_idx", two_pictures), 3);
    EXPECT_EQ(pictures.sizes(), (std::vector<int64_t>{2, 2, 1}));
    EXPECT_EQ(pictures[0][0][0].item<int>(), 255);
    EXPECT_EQ(pictures[0][1][0].item<int>(), 0);
    const LabelledPictures set{pictures, torch::zeros({2}, torch::kInt64)};
    const torch::Tensor x = set.normalised(torch::tensor({1}, torch::kInt64));
    EXPECT_EQ(x.sizes(), (std::vector<int64_t>{1, 1, 2, 1}));
    EXPECT_EQ(x[0][0][0][0].item<float>(), -1);
    EXPECT_EQ(x[0][0][1][0].item<float>(), 1);
}

TEST(Idx, RefusesMalformedFiles) {
    const auto refused = [](const std::string& bytes, int dimensions) {
        EXPECT_THROW(read_idx(write_gz("drift_idx_bad", bytes), dimensions), UserError);
    };
    for (size_t length = 0; length < two_pictures.size(); ++length) {
        refused(two_pictures.substr(0, length), 3);
    }
    refused(two_pictures + "x", 3);
    refused(two_pictures, 1);
    refused("\0\0\x9"s + two_pictures.substr(3), 3);
    refused("\0\0\x8\x3\x7f\xff\xff\xff\x7f\xff\xff\xff\x7f\xff\xff\xff"s, 3);
    refused("\0\0\x8\x1\0\0\0\0"s, 1);
    EXPECT_THROW(read_idx("/nowhere/at/all", 1), UserError);
}

}  // namespace
}  // namespace drift
