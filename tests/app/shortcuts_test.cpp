#include "app/shortcuts.h"

#include <gtest/gtest.h>

#include <imgui.h>

#include <map>
#include <set>
#include <string>

namespace drift {
namespace {

TEST(Shortcuts, NoTwoCommandsShareAKey) {
    std::map<ImGuiKeyChord, std::string> taken;
    for (const Shortcut& shortcut : shortcuts()) {
        for (const ImGuiKeyChord key : {shortcut.key, shortcut.other_key}) {
            if (key == ImGuiKey_None) {
                continue;
            }
            EXPECT_TRUE(taken.emplace(key, shortcut.action).second)
                << key_text(key) << " is both " << taken[key] << " and " << shortcut.action;
        }
    }
}

TEST(Shortcuts, EveryCommandHasANameOfItsOwnAndATitle) {
    std::set<std::string> names;
    for (const Shortcut& shortcut : shortcuts()) {
        EXPECT_TRUE(names.insert(shortcut.action).second) << shortcut.action;
        EXPECT_FALSE(std::string(shortcut.title).empty()) << shortcut.action;
        EXPECT_EQ(find_shortcut(shortcut.action), &shortcut);
    }
}

TEST(Shortcuts, EveryCommandIsInAMenuOrOnAKey) {
    for (const Shortcut& shortcut : shortcuts()) {
        EXPECT_TRUE(!std::string(shortcut.menu).empty() || shortcut.key != ImGuiKey_None) << shortcut.action;
    }
}

TEST(Shortcuts, KeysAreNamedAsOnTheKeyboard) {
    EXPECT_EQ(key_text(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z), "Ctrl+Shift+Z");
    EXPECT_EQ(key_text(ImGuiKey_Space), "Space");
    EXPECT_EQ(keys_text(*find_shortcut("help.keys")), "F1 or ?");
}

}  // namespace
}  // namespace drift
