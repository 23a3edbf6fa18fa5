// The keyboard over the schedule editor, on the real program without a display.
#include "three_knots.h"

#include "app/gl/graphics.h"
#include "app/paths.h"
#include "app/playback.h"
#include "app/shortcuts.h"

#include <gtest/gtest.h>

#include <imgui_test_engine/imgui_te_context.h>

#include <algorithm>
#include <string>

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

TEST(ScheduleKeys, FDrawsAndWhereNothingIsDrawnWithItDoesNothing) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.ItemClick("**/knot 2");
        const Curve before = guidance(gui);
        const bool follow = gui.app.view().follow;
        gui.press(ImGuiKey_F);
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.view().follow, follow);
        gui.hands.KeyHold(ImGuiKey_F, 1);
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.view().follow, follow);
        EXPECT_EQ(guidance(gui), before);
        gui.hands.WindowFocus("//Time");
        gui.press(ImGuiKey_F);
        gui.hands.Yield(2);
        EXPECT_NE(gui.app.view().follow, follow) << "elsewhere it follows the run";
    });
}

// What was typed before the field was emptied is not what is wanted either.
TEST(ScheduleKeys, AnEmptiedFieldGoesBackToTheNumberInForceAndSaysSo) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        const Curve before = guidance(gui);
        const size_t undo = gui.app.session().undo_size();
        for (const char* field : {"**/value##knot", "**/u##knot"}) {
            for (const ImGuiKey leave : {ImGuiKey_Enter, ImGuiKey_None}) {
                gui.hands.ItemClick("**/knot 2");
                gui.hands.ItemClick(field);
                gui.hands.KeyCharsReplace("0.25");
                gui.hands.Yield();
                gui.hands.KeyCharsReplace("");
                gui.hands.KeyPress(ImGuiMod_Ctrl | ImGuiKey_A);
                gui.hands.KeyPress(ImGuiKey_Delete);
                gui.hands.Yield();
                leave == ImGuiKey_None ? gui.hands.ItemClick("**/knot 2") : gui.hands.KeyPress(leave);
                gui.hands.Yield(2);
                EXPECT_EQ(guidance(gui), before) << field;
                EXPECT_EQ(gui.last_toast().find("That was no number: "), 0U) << gui.last_toast();
            }
        }
        EXPECT_NE(gui.last_toast().find("u of knot 2 stays 0.5"), std::string::npos) << gui.last_toast();
        EXPECT_EQ(gui.app.session().undo_size(), undo);
        gui.hands.ItemClick("**/value##knot");
        gui.hands.KeyCharsReplaceEnter("0.25");
        gui.hands.Yield(2);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, 0.25) << "and numbers are taken as before";
    });
}

// Dropping is no click: the field still has the keyboard when the other scenario is there.
TEST(ScheduleKeys, WhatIsHalfTypedDoesNotLandInAScenarioThatIsDropped) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.ItemClick("**/knot 1");
        gui.hands.ItemClick("**/value##knot");
        gui.hands.KeyCharsReplace("3.25");
        gui.app.drop_files({asset_path("scenarios/scene_a_dps.json")});
        gui.hands.Yield(3);
        EXPECT_FALSE(ImGui::GetIO().WantTextInput);
        const Scenario dropped = load_scenario(asset_path("scenarios/scene_a_dps.json"));
        gui.hands.ItemClick("//Data/##data");
        gui.hands.Yield(3);
        EXPECT_TRUE(same_values(gui.app.session().scenario(), dropped));

        gui.app.open_file(asset_path("scenarios/scene_a.json"));
        gui.hands.Yield(3);
        gui.hands.ItemClick("//Scenario/**/observation/##value");
        gui.hands.KeyCharsReplace("[3]");
        gui.app.drop_files({asset_path("scenarios/scene_a_dps.json")});
        gui.hands.Yield(3);
        gui.hands.ItemClick("//Data/##data");
        gui.hands.Yield(3);
        EXPECT_TRUE(same_values(gui.app.session().scenario(), dropped));
        EXPECT_FALSE(gui.app.session().dirty());
    });
}

TEST(ScheduleKeys, EscapeAndDeleteEndTheStepOfAnArrowThatIsHeld) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        const Session& session = gui.app.session();
        gui.hands.ItemClick("**/knot 2");
        const size_t undo = session.undo_size();
        gui.hands.KeyDown(ImGuiKey_UpArrow);
        gui.hands.Yield(2);
        const double nudged = guidance(gui).knots()[1].value;
        EXPECT_GT(nudged, 1);
        EXPECT_TRUE(session.editing());
        gui.press(ImGuiKey_Escape);
        EXPECT_FALSE(session.editing()) << "what was nudged is a step of its own";
        EXPECT_EQ(session.undo_size(), undo + 1);
        gui.press(ImGuiKey_Escape);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, nudged) << "another press takes nothing back";
        gui.hands.KeyUp(ImGuiKey_UpArrow);
        gui.hands.Yield(2);
        EXPECT_EQ(session.undo_size(), undo + 1);

        gui.hands.ItemClick("**/knot 2");
        gui.hands.KeyDown(ImGuiKey_UpArrow);
        gui.hands.Yield(2);
        gui.press(ImGuiKey_Delete);
        gui.hands.KeyUp(ImGuiKey_UpArrow);
        gui.hands.Yield(2);
        EXPECT_FALSE(session.editing());
        ASSERT_EQ(guidance(gui).knots().size(), 2U);
        gui.app.act("edit.undo");  // the knot is back
        ASSERT_EQ(guidance(gui).knots().size(), 3U);
        EXPECT_GT(guidance(gui).knots()[1].value, nudged);
        gui.app.act("edit.undo");  // the second nudge
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, nudged);
        gui.app.act("edit.undo");
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, 1);
    });
}

TEST(ScheduleKeys, ANumberBelongsToTheKnotThatItWasTypedFor) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.ItemClick("**/knot 1");
        gui.hands.ItemClick("**/value##knot");
        gui.hands.KeyCharsReplaceEnter("2.5");
        gui.hands.Yield(2);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[0].value, 2.5);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, 1);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[2].value, 1);

        const size_t undo = gui.app.session().undo_size();
        gui.hands.ItemClick("**/value##knot");
        gui.hands.KeyCharsReplace("3.25");
        gui.hands.ItemClick("**/knot 3");
        gui.hands.Yield(2);
        EXPECT_EQ(selected(gui), 2);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[0].value, 3.25);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[2].value, 1);
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
        EXPECT_EQ(gui.app.session().undo_name(), "guidance: move knot 1");

        gui.hands.ItemClick("**/value##knot");
        gui.hands.KeyCharsReplace("0.25");
        drag_knot(gui, "**/knot 2", 20);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[2].value, 0.25) << "a drag begins where the number has left it";
        EXPECT_GT(guidance(gui).knots()[1].value, 1);
        EXPECT_EQ(gui.app.session().undo_name(), "guidance: move knot 2");
    });
}

TEST(ScheduleKeys, ANumberThatIsGivenUpChangesNothing) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.app.session().edit("many digits", [](Scenario& scenario) {
            const Curve curve({{0, 1}, {0.123456789, 1.23456789}, {1, 1}}, Interpolation::Linear);
            scenario.sampler.params.set("guidance", Value(curve));
        });
        gui.wait_for_run();
        const Curve before = guidance(gui);
        gui.hands.ItemClick("**/knot 2");
        gui.hands.ItemClick("**/value##knot");
        gui.hands.KeyCharsReplace("3.25");
        gui.press(ImGuiKey_Escape);
        gui.hands.Yield(2);
        EXPECT_EQ(guidance(gui), before);
        EXPECT_EQ(selected(gui), 1) << "that press ended the typing";
        gui.hands.ItemClick("**/u##knot");
        gui.hands.ItemClick("**/value##knot");
        gui.hands.ItemClick("**/knot 3");
        gui.hands.Yield(2);
        EXPECT_EQ(guidance(gui), before) << "looking at a number does not round it";
        gui.hands.ItemClick("**/value##knot");
        gui.hands.KeyCharsReplace("7");
        gui.hands.MouseMove("**/knot 1");
        gui.hands.MouseClick(ImGuiMouseButton_Right);
        gui.hands.Yield(2);
        ASSERT_EQ(guidance(gui).knots().size(), 2U);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[0].value, before.knots()[1].value);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, 7) << "typed for what was the third";
        EXPECT_EQ(guidance(gui).knots()[1].u, 1);
    });
}

TEST(ScheduleKeys, AKeyAddsAKnotHalfWayToTheNext) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.ItemClick("**/knot 2");
        gui.press(ImGuiKey_Insert);
        gui.hands.Yield(2);
        ASSERT_EQ(guidance(gui).knots().size(), 4U);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[2].u, 0.75);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[2].value, 1);
        EXPECT_EQ(selected(gui), 2) << "ready to be nudged";
        gui.hands.KeyChars("+");  // whichever key it is on
        gui.hands.Yield(2);
        ASSERT_EQ(guidance(gui).knots().size(), 5U);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[3].u, 0.875);
        gui.press(ImGuiKey_Tab);
        gui.press(ImGuiKey_Insert);
        gui.hands.Yield(2);
        ASSERT_EQ(guidance(gui).knots().size(), 6U) << "after the last one there is room before it alone";
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[4].u, 0.9375);
        EXPECT_TRUE(std::any_of(gestures().begin(), gestures().end(), [](const Gesture& gesture) {
            return std::string(gesture.keys).find("Insert") != std::string::npos;
        }));
    });
}

TEST(ScheduleKeys, AnArrowHeldDownIsOneStepOfTheHistory) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.ItemClick("**/knot 2");
        const size_t undo = gui.app.session().undo_size();
        gui.hands.KeyHold(ImGuiKey_UpArrow, 1);
        gui.hands.Yield(2);
        const double held = guidance(gui).knots()[1].value;
        EXPECT_GT(held, 1.3) << "it repeats";
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
        EXPECT_FALSE(gui.app.session().editing());
        gui.press(ImGuiKey_UpArrow);
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.session().undo_size(), undo + 2) << "another press is another step";
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, held);
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, 1);
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().shown().at(0)->count, gui.app.session().scenario().particles);
    });
}

}  // namespace
}  // namespace drift
