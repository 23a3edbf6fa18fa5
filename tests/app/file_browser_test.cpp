#include "app/file_browser.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace drift {
namespace {

TEST(FileBrowser, ListsFoldersThenFilesOfTheKindAndNothingHidden) {
    const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "driftscope_browser";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "zebra");
    std::filesystem::create_directories(folder / ".git");
    for (const char* name : {"b.json", "a.json", "notes.txt", ".hidden.json"}) {
        std::ofstream(folder / name) << "{}";
    }
    const std::vector<FileEntry> expected{{"..", true}, {"zebra", true}, {"a.json", false}, {"b.json", false}};
    EXPECT_EQ(list_folder(folder.string(), ".json"), expected);
    std::filesystem::remove_all(folder);
}

TEST(FileBrowser, AFolderThatCannotBeReadIsEmpty) {
    EXPECT_EQ(list_folder("/no/such/place", ".json"), (std::vector<FileEntry>{{"..", true}}));
}

TEST(FileBrowser, JoinsWhatAPersonTypes) {
    EXPECT_EQ(join_path("/a/b", "c.json"), "/a/b/c.json");
    EXPECT_EQ(join_path("/a/b", ".."), "/a");
    EXPECT_EQ(join_path("/a/b", "/c"), "/c");
    EXPECT_EQ(join_path("/", ".."), "/");
    ASSERT_EQ(home_folder().front(), '/');
    EXPECT_EQ(join_path("/a", "~"), home_folder());
    EXPECT_EQ(join_path("/a", "~/b"), home_folder() == "/" ? "/b" : home_folder() + "/b");
}

}  // namespace
}  // namespace drift
