// Saving through the window, with the keys and the dialog that a user has.
#include "gui_harness.h"

#include "app/file_browser.h"
#include "app/paths.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;

// What the program shipped is never written over: the first time it asks for a place, then it knows one.
TEST(Saving, AsksForAPlaceOnceAndComesBackWhole) {
    const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "driftscope_saved";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const std::string first = (folder / "first.json").string();
    const std::string second = (folder / "second.json").string();
    const std::string shipped = asset_path("scenarios/scene_a.json");
    drive({}, [&](Gui& gui) {
        const auto saved_seed = [](const std::string& path) { return load_scenario(path).seed; };
        const auto set_seed = [&gui](uint64_t seed) {
            gui.app.session().edit("seed", [seed](Scenario& scenario) { scenario.seed = seed; });
        };
        const auto type = [&gui](const std::string& path) {
            gui.hands.Yield(3);
            gui.hands.KeyCharsReplaceEnter(path.c_str());
            gui.hands.Yield(3);  // the field is no longer active
        };
        gui.wait_for_run();
        gui.app.open_file(shipped);
        set_seed(71);
        EXPECT_TRUE(gui.app.session().dirty());
        gui.press(ImGuiMod_Ctrl | ImGuiKey_S);
        type((folder / "first").string());
        gui.wait_until([&] { return is_file(first); }, "the file, with the extension of scenarios");
        EXPECT_EQ(gui.app.session().path(), first);
        EXPECT_EQ(saved_seed(first), 71U);
        EXPECT_FALSE(gui.app.session().dirty());
        EXPECT_NE(load_scenario(shipped).seed, 71U) << "not what came with the program";

        set_seed(72);
        gui.press(ImGuiMod_Ctrl | ImGuiKey_S);
        gui.wait_until([&] { return saved_seed(first) == 72; }, "the same file again, without a question");
        EXPECT_FALSE(gui.app.session().dirty());

        set_seed(73);
        gui.press(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_S);
        type(second);
        gui.wait_until([&] { return is_file(second); }, "the other file");
        EXPECT_EQ(gui.app.session().path(), second);
        EXPECT_EQ(saved_seed(first), 72U) << "what was saved before stays as it is";
        const Scenario saved = gui.app.session().scenario();

        set_seed(74);
        gui.press(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_S);
        type(first);
        EXPECT_EQ(saved_seed(first), 72U) << "a file that is there is not replaced at once";
        gui.press(ImGuiKey_Escape);
        gui.hands.Yield(3);
        EXPECT_EQ(saved_seed(first), 72U);

        gui.app.open_file(second);
        EXPECT_TRUE(same_values(gui.app.session().scenario(), saved)) << "all that was saved comes back";
        EXPECT_EQ(gui.app.session().scenario().seed, 73U);
        gui.wait_for_run();
    });
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace drift
