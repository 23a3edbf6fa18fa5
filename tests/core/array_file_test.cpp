#include "core/array_file.h"

#include "core/error.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>

namespace drift {
namespace {

constexpr const char* format = "driftscope-weights";

class ArrayFileTest : public testing::Test {
protected:
    void SetUp() override {
        // Tests run side by side: a file for each.
        const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
        path_ = std::filesystem::path(testing::TempDir()) / ("drift_array_file_" + test);
        ArrayFile file;
        file.header = {{"format", format}, {"note", "hello"}};
        file.arrays = {{"a", torch::arange(6, torch::kFloat32).view({2, 3}).to(torch::kFloat16)},
                       {"b", torch::ones({4}, torch::kFloat32)}};
        write_array_file(path_, file);
        std::ifstream in(path_, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(in), {});
    }

    /// The sentence with which a file of these bytes is refused, or "" where it is accepted.
    std::string refusal(const std::string& bytes) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
        try {
            read_array_file(path_, format);
            return "";
        } catch (const UserError& error) {
            return error.what();
        }
    }

    std::string with_header(const std::string& from, const std::string& to) const {
        uint64_t length = 0;
        std::memcpy(&length, bytes_.data() + 8, 8);
        std::string header = bytes_.substr(16, length);
        const size_t at = header.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        header.replace(at, from.size(), to);
        length = header.size();
        std::string start = bytes_.substr(0, 16);
        std::memcpy(start.data() + 8, &length, 8);
        uint64_t old = 0;
        std::memcpy(&old, bytes_.data() + 8, 8);
        return start + header + bytes_.substr(16 + old);
    }

    std::filesystem::path path_;
    std::string bytes_;
};

TEST_F(ArrayFileTest, ReadsBackWhatWasWritten) {
    const ArrayFile file = read_array_file(path_, format);
    EXPECT_EQ(file.header.at("note"), "hello");
    EXPECT_EQ(file.at("a").sizes(), (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(file.at("a")[1][2].item<float>(), 5);
    EXPECT_EQ(file.at("b").scalar_type(), torch::kFloat32);
    EXPECT_THROW(file.at("c"), UserError);
}

TEST_F(ArrayFileTest, RefusesEveryTruncation) {
    for (size_t length = 0; length < bytes_.size(); ++length) {
        EXPECT_NE(refusal(bytes_.substr(0, length)), "") << length;
    }
    EXPECT_NE(refusal(bytes_ + "x"), "");
}

TEST_F(ArrayFileTest, RefusesWhatIsNotItsFormat) {
    EXPECT_NE(refusal("PK" + bytes_.substr(2)).find("is not a weight file"), std::string::npos);
    EXPECT_NE(refusal(with_header(format, "driftscope-other")).find("driftscope-other"), std::string::npos);
    EXPECT_NE(refusal(with_header("\"version\": 1", "\"version\": 9")).find("version 9"), std::string::npos);
    EXPECT_NE(refusal(with_header("float16", "float80")).find("float80"), std::string::npos);
    EXPECT_NE(refusal(with_header("\"shape\"", "\"shard\"")), "");
    EXPECT_NE(refusal(with_header("{", "[")), "");
}

TEST_F(ArrayFileTest, RefusesEnormousSizesBeforeAllocating) {
    EXPECT_NE(refusal(with_header("3\n", "4611686018427387904\n")), "");
    EXPECT_NE(refusal(with_header("3\n", "-3\n")), "");
    EXPECT_NE(refusal(with_header("3\n", "3.5\n")), "");
    std::string huge_header = bytes_;
    huge_header[15] = '\x7f';
    EXPECT_NE(refusal(huge_header), "");
}

TEST_F(ArrayFileTest, RefusesDamagedAndNonFiniteNumbers) {
    std::string damaged = bytes_;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    EXPECT_NE(refusal(damaged).find("checksum"), std::string::npos);
    ArrayFile file;
    file.header = {{"format", format}};
    file.arrays = {{"a", torch::full({2}, INFINITY)}};
    write_array_file(path_, file);
    EXPECT_THROW(read_array_file(path_, format), UserError);
    file.arrays = {{"a", torch::full({2}, NAN, torch::kFloat64)}};
    write_array_file(path_, file);
    EXPECT_TRUE(read_array_file(path_, format).at("a").isnan().all().item<bool>()) << "told, and not computed with";
    EXPECT_THROW(read_array_file(path_, format).weights("a"), UserError);
    file.arrays = {{"a", torch::full({2}, INFINITY)}};
    EXPECT_THROW(read_array_file("/nowhere/at/all", format), UserError);
    EXPECT_THROW(write_array_file("/nowhere/at/all", file), UserError);
}

}  // namespace
}  // namespace drift
