// The keyboard over the schedule editor, on the real program without a display.
#include "three_knots.h"

#include "app/gl/graphics.h"
#include "app/playback.h"

#include <gtest/gtest.h>

#include <imgui_test_engine/imgui_te_context.h>

namespace drift {
namespace {

using test::begin_with_three_knots;
using test::drive;
using test::Gui;
using test::guidance;

void drag_knot(Gui& gui, const char* knot, float up) {
    gui.hands.MouseMove(knot);
    const ImVec2 grip = ImGui::GetIO().MousePos;
    gui.hands.MouseDown();
    gui.hands.MouseMoveToPos({grip.x, grip.y - up});
    gui.hands.MouseUp();
    gui.hands.Yield(2);
}

int selected(const Gui& gui) {
    return gui.app.graphics->schedule.editor.selected();
}

/// Slow enough that a test is over before it has come to the end.
void play_slowly_from_the_start(Gui& gui) {
    gui.wait_for_run();
    gui.app.view().speed = 0.1;
    gui.app.view().playhead = 0;
    gui.app.view().playing = true;
}

TEST(ScheduleKeys, KeysOfTimeGoOnAfterAKnotWasDragged) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        drag_knot(gui, "**/knot 2", 20);
        ASSERT_EQ(selected(gui), 1);
        play_slowly_from_the_start(gui);
        gui.press(ImGuiKey_Space);
        EXPECT_FALSE(gui.app.view().playing);
        gui.press(ImGuiKey_Space);
        EXPECT_TRUE(gui.app.view().playing);
        gui.press(ImGuiKey_Space);
        gui.press(ImGuiKey_End);
        EXPECT_EQ(shown_step(gui.app.view(), gui.app.live().shown()), gui.app.live().shown().size() - 1);
        gui.press(ImGuiMod_Ctrl | ImGuiKey_LeftArrow);
        const double resampling = gui.app.view().playhead;
        EXPECT_GT(resampling, 0);
        EXPECT_LT(resampling, static_cast<double>(gui.app.live().shown().size() - 1));
        gui.press(ImGuiKey_Home);
        EXPECT_EQ(gui.app.view().playhead, 0);
        const bool loop = gui.app.view().loop;
        gui.press(ImGuiKey_L);
        EXPECT_NE(gui.app.view().loop, loop);
        gui.press(ImGuiKey_Period);
        EXPECT_NE(gui.app.view().phase, Phase::Whole);
        EXPECT_EQ(selected(gui), 1);
        EXPECT_EQ(guidance(gui).knots().size(), 3U);
    });
}

TEST(ScheduleKeys, SpacePlaysAfterTabHasSelectedAKnot) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.press(ImGuiKey_Tab);
        gui.press(ImGuiKey_Tab);
        ASSERT_EQ(selected(gui), 1);
        gui.press(ImGuiKey_UpArrow);
        EXPECT_GT(guidance(gui).knots()[1].value, 1);
        play_slowly_from_the_start(gui);
        gui.press(ImGuiKey_Space);
        EXPECT_FALSE(gui.app.view().playing);
    });
}

TEST(ScheduleKeys, EscapeLetsGoOfTheKnotAndOfNothingElse) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.ItemClick("**/knot 2");
        play_slowly_from_the_start(gui);
        gui.press(ImGuiKey_Escape);
        EXPECT_EQ(selected(gui), -1);
        EXPECT_TRUE(gui.app.view().playing);
        gui.press(ImGuiKey_RightArrow);
        EXPECT_GE(gui.app.view().playhead, 1) << "arrows belong to the time again";
        gui.app.view().playing = true;
        gui.press(ImGuiKey_Escape);
        EXPECT_FALSE(gui.app.view().playing);
    });
}

}  // namespace
}  // namespace drift
