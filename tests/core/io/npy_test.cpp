#include "core/io/npy.h"

#include "core/error.h"
#include "core/io/files.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drift {
namespace {

std::string file(const std::string& bytes) {
    const std::string path =
        ::testing::TempDir() + "drift_npy_" + ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".npy";
    write_file(path, bytes);
    return path;
}

TEST(Npy, StartsWithTheHeaderThatNumPyWrites) {
    const std::vector<float> values = {1, 2, 3, 4, 5, 6};
    const std::string bytes = npy_bytes({2, 3}, values);
    const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    EXPECT_EQ(bytes.substr(0, 6), "\x93NUMPY");
    EXPECT_EQ(bytes.substr(10, header.size()), header);
    EXPECT_EQ((bytes.size() - 6 * sizeof(float)) % 64, 0U);
    EXPECT_EQ(npy_bytes({6}, values).substr(10, 57), "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }");
}

TEST(Npy, ComesBackBitByBit) {
    const std::vector<double> values = {1.0 / 3, -0.0, 1e-300, 4};
    const NpyArray array = read_npy(file(npy_bytes({2, 1, 2}, values)), 10);
    EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 1, 2}));
    EXPECT_EQ(array.values, values);
    EXPECT_EQ(array.type, NpyType::Float64);
    const std::vector<float> floats = {0.1F, 2};
    const NpyArray single = read_npy(file(npy_bytes({2}, floats)), 2);
    EXPECT_EQ(single.values, (std::vector<double>{0.1F, 2}));
    EXPECT_EQ(single.type, NpyType::Float32);
}

// One dimension of four bytes, and a header of the longest kind that version 1.0 has.
TEST(Npy, ReadsBytesBehindTheLongestHeader) {
    std::string bytes("\x93NUMPY\x01\x00\xff\xff", 10);
    bytes += "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }";
    bytes.resize(10 + 65'535, ' ');
    bytes += "\x01\x7f\x80\xff";
    const NpyArray array = read_npy(file(bytes), 4);
    EXPECT_EQ(array.values, (std::vector<double>{1, 127, 128, 255}));
    EXPECT_EQ(array.type, NpyType::Uint8);
}

TEST(Npy, RefusesWhatItCannotRead) {
    const std::vector<float> values = {1, 2, 3, 4};
    const std::string good = npy_bytes({4}, values);
    const auto changed = [&good](const std::string& from, const std::string& to) {
        std::string bytes = good;
        return bytes.replace(bytes.find(from), from.size(), to);
    };
    for (const std::string& bytes :
         {std::string(), std::string("PK\x03\x04"), good.substr(0, 9), good.substr(0, 40),
          good.substr(0, good.size() - 1), good + "x", changed("<f4", ">f4"), changed("<f4", "<i8"),
          changed("False", "True "), changed("(4,)", "(5,)"), changed("(4,)", "(-4"),
          changed("(4,), }", "(999999999999, 999999999999)"), changed("(4,)", "4   "), changed("shape", "shope")}) {
        EXPECT_THROW(read_npy(file(bytes), 100), UserError) << bytes.size();
    }
    EXPECT_THROW(read_npy(file(good), 3), UserError);
    EXPECT_NO_THROW(read_npy(file(good), 4));
    const auto expect_said = [](const std::string& bytes, const std::string& says) {
        try {
            read_npy(file(bytes), 100);
            ADD_FAILURE() << says;
        } catch (const UserError& error) {
            EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
        }
    };
    expect_said(changed("<f4", "<c8"), "holds values of the type '<c8'");
    expect_said(changed("False", "True "), "holds its values column by column");
    expect_said(changed("(4,), }", "(999999999999, 999999999999)"), "the shape '(999999999999, 999999999999)'");
    expect_said(changed("shape", "shope"), "has no 'shape' in its header");
}

}  // namespace
}  // namespace drift
