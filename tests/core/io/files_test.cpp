#include "core/io/files.h"

#include "core/error.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace drift {
namespace {

class Files : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directory(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("drift_files_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(Files, ComeBackByteByByte) {
    const std::string bytes("a\0b\r\n\xff", 6);
    write_file(path("x"), bytes);
    EXPECT_EQ(read_file(path("x"), 100), bytes);
}

TEST_F(Files, AreReplacedAsAWholeAndLeaveNothingBeside) {
    write_file(path("x"), "old");
    write_file(path("x"), "new");
    EXPECT_EQ(read_file(path("x"), 100), "new");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(Files, RefuseWhatIsTooLongMissingOrAFolder) {
    write_file(path("x"), std::string(101, 'x'));
    EXPECT_THROW(read_file(path("x"), 100), UserError);
    EXPECT_THROW(read_file(path("y"), 100), UserError);
    EXPECT_THROW(read_file(folder_.string(), 100), UserError);
    EXPECT_THROW(read_file("/dev/zero", 1000), UserError);
}

TEST_F(Files, AreNotTouchedWhenTheyCannotBeWritten) {
    EXPECT_THROW(write_file(path("no/such/folder/x"), "text"), UserError);
    EXPECT_THROW(write_file(folder_.string(), "text"), UserError);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 0);
}

}  // namespace
}  // namespace drift
