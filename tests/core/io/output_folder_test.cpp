#include "core/io/output_folder.h"

#include "core/error.h"
#include "core/io/files.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace drift {
namespace {

namespace fs = std::filesystem;

class OutputFolders : public ::testing::Test {
protected:
    void SetUp() override { fs::create_directories(root_); }
    void TearDown() override { fs::remove_all(root_); }

    std::string path(const std::string& name) const { return (root_ / name).string(); }
    int64_t entries() const { return std::distance(fs::directory_iterator(root_), {}); }

    const fs::path root_ =
        fs::path(::testing::TempDir()) /
        ("drift_output_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(OutputFolders, AppearWhenTheyAreComplete) {
    {
        OutputFolder folder(path("out/"), false);
        folder.write("summary.json", "{}");
        folder.write("3/samples.npy", "x");
        EXPECT_FALSE(fs::exists(path("out")));
        folder.commit();
    }
    EXPECT_EQ(read_file(path("out/3/samples.npy"), 10), "x");
    EXPECT_EQ(entries(), 1);
}

TEST_F(OutputFolders, LeaveNothingWhenTheyAreNotCommitted) {
    { OutputFolder(path("out"), false).write("summary.json", "{}"); }
    EXPECT_EQ(entries(), 0);
}

TEST_F(OutputFolders, ReplaceOlderResultsOnlyWhenAsked) {
    for (const char* text : {"old", "new"}) {
        OutputFolder folder(path("out"), true);
        folder.write("summary.json", text);
        folder.commit();
    }
    EXPECT_EQ(read_file(path("out/summary.json"), 10), "new");
    EXPECT_EQ(entries(), 1);
    EXPECT_THROW(OutputFolder(path("out"), false), UserError);
}

TEST_F(OutputFolders, OfARunThatFailedLeaveTheOlderResultsAlone) {
    for (const char* text : {"first", "second"}) {
        OutputFolder folder(path("out"), true);
        folder.write("summary.json", text);
        EXPECT_EQ(folder.commit_failed(), path(text == std::string("first") ? "out" : "out.failed"));
    }
    EXPECT_EQ(read_file(path("out/summary.json"), 10), "first");
    EXPECT_EQ(read_file(path("out.failed/summary.json"), 10), "second");
    OutputFolder folder(path("out"), true);
    folder.write("summary.json", "third");
    folder.commit_failed();
    EXPECT_EQ(read_file(path("out.failed/summary.json"), 10), "third") << "not one folder more each time";
    EXPECT_EQ(entries(), 2);
}

TEST_F(OutputFolders, KeepTheOlderResultsWhereTheNewOnesCannotBeMoved) {
    OutputFolder(path("out"), true).commit();
    write_file(path("out/summary.json"), "old");
    OutputFolder folder(path("out"), true);
    folder.write("summary.json", "new");
    for (const fs::directory_entry& entry : fs::directory_iterator(root_)) {
        if (entry.path().filename() != "out") {
            fs::remove_all(entry.path());  // what was to be moved is gone
        }
    }
    EXPECT_THROW(folder.commit(), UserError);
    EXPECT_EQ(read_file(path("out/summary.json"), 10), "old");
    EXPECT_EQ(entries(), 1);
}

TEST_F(OutputFolders, NeverReplaceWhatAppearedDuringTheRun) {
    OutputFolder plain(path("out"), false);
    OutputFolder replacing(path("other"), true);
    for (const char* name : {"out", "other"}) {
        fs::create_directories(path(name));
        write_file(path(name) + "/thesis.tex", "x");
    }
    EXPECT_THROW(plain.commit(), UserError);
    EXPECT_THROW(replacing.commit(), UserError);
    EXPECT_TRUE(fs::exists(path("out/thesis.tex")) && fs::exists(path("other/thesis.tex")));
}

TEST_F(OutputFolders, KeepWhatFindsNoPlaceAndSayWhere) {
    std::string sentence;
    {
        OutputFolder folder(path("out"), true);
        folder.write("summary.json", "computed");
        fs::create_directories(path("out"));
        write_file(path("out/thesis.tex"), "x");
        try {
            folder.commit();
            FAIL();
        } catch (const UserError& error) {
            sentence = error.what();
        }
    }
    const std::string before = "the new ones are in '";
    ASSERT_NE(sentence.find(before), std::string::npos) << sentence;
    const size_t from = sentence.find(before) + before.size();
    const std::string kept = sentence.substr(from, sentence.find('\'', from) - from);
    EXPECT_EQ(read_file(kept + "/summary.json", 20), "computed");
    EXPECT_EQ(read_file(path("out/thesis.tex"), 20), "x");
}

TEST_F(OutputFolders, NeverReplaceWhatIsNotOurs) {
    fs::create_directories(path("home/0"));
    write_file(path("home/0/thesis.tex"), "x");
    EXPECT_THROW(OutputFolder(path("home"), true), UserError);
    write_file(path("file"), "x");
    EXPECT_THROW(OutputFolder(path("file"), true), UserError);
    EXPECT_THROW(OutputFolder("/", true), UserError);
    EXPECT_THROW(OutputFolder(".", true), UserError);
    EXPECT_THROW(OutputFolder("", true), UserError);
    EXPECT_THROW(OutputFolder(path("file/below"), true), UserError);
    EXPECT_TRUE(fs::exists(path("home/0/thesis.tex")));
}

}  // namespace
}  // namespace drift
