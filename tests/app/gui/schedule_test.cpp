// Bending a schedule by hand, on the real program without a display.
#include "three_knots.h"

#include <gtest/gtest.h>

#include <imgui_internal.h>
#include <imgui_test_engine/imgui_te_context.h>

#include <variant>

namespace drift {
namespace {

using test::begin_with_three_knots;
using test::drive;
using test::Gui;
using test::guidance;

TEST(ScheduleEditor, DraggingAKnotIsOneStepOfTheHistoryAndTheRunAnswers) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        const uint64_t run = gui.app.live().recording_id();
        const size_t undo = gui.app.session().undo_size();
        gui.hands.MouseMove("**/knot 2");
        const ImVec2 grip = ImGui::GetIO().MousePos;
        gui.hands.MouseDown();
        for (int i = 1; i <= 5; ++i) {
            gui.hands.MouseMoveToPos({grip.x, grip.y - static_cast<float>(6 * i)});
        }
        gui.hands.MouseUp();
        gui.hands.Yield(2);
        ASSERT_EQ(guidance(gui).knots().size(), 3U);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].u, 0.5) << "straight up stays straight up";
        EXPECT_GT(guidance(gui).knots()[1].value, 1.05);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[0].value, 1);
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
        EXPECT_EQ(gui.app.session().undo_name(), "guidance: move knot 2");
        gui.wait_for_run();
        EXPECT_NE(gui.app.live().recording_id(), run);
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        gui.hands.Yield(2);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, 1);
    });
}

TEST(ScheduleEditor, TheStripOfWhatItDidIsSeenWithoutScrolling) {
    WindowOptions options;
    options.width = 1280;
    options.height = 800;
    drive(options, [](Gui& gui) {
        begin_with_three_knots(gui);
        const ImGuiWindow* panel = gui.hands.GetWindowByRef("//Schedule");
        ASSERT_NE(panel, nullptr);
        EXPECT_EQ(panel->ScrollMax.y, 0);
        const ImGuiTestItemInfo strip = gui.hands.ItemInfo("//Schedule/##strip");
        ASSERT_NE(strip.ID, 0U);
        EXPECT_GT(strip.RectFull.GetHeight(), 3 * ImGui::GetFontSize());
        EXPECT_LE(strip.RectFull.Max.y, panel->InnerClipRect.Max.y);
    });
}

TEST(ScheduleEditor, HoldingFDrawsALineThatIsOneStepOfTheHistory) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        const size_t undo = gui.app.session().undo_size();
        const ImRect plot = gui.hands.ItemInfo("//Schedule/##curve").RectFull;
        const auto at = [&plot](float x, float y) {
            return ImVec2{plot.Min.x + x * plot.GetWidth(), plot.Min.y + y * plot.GetHeight()};
        };
        gui.hands.KeyDown(ImGuiKey_F);
        gui.hands.MouseMoveToPos(at(0.4F, 0.25F));
        gui.hands.MouseDown();
        for (int i = 1; i <= 8; ++i) {
            gui.hands.MouseMoveToPos(at(0.4F + 0.05F * static_cast<float>(i), 0.25F + 0.03F * static_cast<float>(i)));
        }
        gui.hands.MouseUp();
        gui.hands.KeyUp(ImGuiKey_F);
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
        EXPECT_EQ(gui.app.session().undo_name(), "guidance: draw");
        EXPECT_FALSE(guidance(gui) == Curve({{0, 1}, {0.5, 1}, {1, 1}}, Interpolation::Linear));
        EXPECT_GT(guidance(gui).at(0.45), guidance(gui).at(0.85)) << "it falls from left to right";
        EXPECT_FALSE(gui.app.view().follow) << "F belongs to the editor while it has the focus";
    });
}

TEST(ScheduleEditor, RightClickRemovesAndTheKeyboardNudges) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.MouseMove("**/knot 2");
        gui.hands.MouseClick(ImGuiMouseButton_Right);
        gui.hands.Yield(2);
        ASSERT_EQ(guidance(gui).knots().size(), 2U);
        gui.hands.MouseMove("**/knot 2");
        gui.hands.MouseClick(ImGuiMouseButton_Left);
        const double before = guidance(gui).knots()[1].value;
        const double playhead = gui.app.view().playhead;
        gui.press(ImGuiKey_UpArrow);
        gui.hands.Yield(2);
        EXPECT_GT(guidance(gui).knots()[1].value, before);
        gui.press(ImGuiKey_RightArrow);
        EXPECT_EQ(gui.app.view().playhead, playhead) << "arrows belong to the knot";
    });
}

TEST(ScheduleEditor, ACurveGoesThroughTheClipboard) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        gui.hands.ItemClick("**/##copy");
        EXPECT_EQ(curve_from_text(ImGui::GetClipboardText()), guidance(gui));
        ImGui::SetClipboardText("[(0, 0.5), (1, 2)]");
        gui.hands.ItemClick("**/##paste");
        gui.hands.Yield(2);
        ASSERT_EQ(guidance(gui).knots().size(), 2U);
        EXPECT_DOUBLE_EQ(guidance(gui).knots()[1].value, 2);
        ImGui::SetClipboardText("no curve at all");
        gui.hands.ItemClick("**/##paste");
        gui.hands.Yield(2);
        EXPECT_NE(gui.last_toast().find("clipboard"), std::string::npos) << gui.last_toast();
        EXPECT_EQ(guidance(gui).knots().size(), 2U);
    });
}

TEST(ScheduleEditor, DraggingTheNoiseLevelDrawsAScheduleOfItsOwn) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        ASSERT_NE(gui.app.session().scenario().schedule.type, "drawn");
        gui.app.view().curve = {Kind::Schedule, "knots"};
        gui.hands.Yield(4);
        gui.hands.MouseMove("**/knot 2");
        const ImVec2 grip = ImGui::GetIO().MousePos;
        gui.hands.MouseDown();
        gui.hands.MouseMoveToPos({grip.x, grip.y - 8});
        gui.hands.MouseUp();
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.session().scenario().schedule.type, "drawn");
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().error(), "");
    });
}

TEST(DataView, TheMeasurementCanBeDragged) {
    drive({}, [](Gui& gui) {
        begin_with_three_knots(gui);
        const auto observation = [&gui] {
            return std::get<Array>(gui.app.session().scenario().condition.params.at("observation").value).data.at(0);
        };
        const double before = observation();
        const size_t undo = gui.app.session().undo_size();
        gui.hands.SetRef("//Data");
        gui.hands.MouseMove("**/measurement");
        const ImVec2 grip = ImGui::GetIO().MousePos;
        gui.hands.MouseDown();
        gui.hands.MouseMoveToPos({grip.x + 25, grip.y});
        gui.hands.MouseMoveToPos({grip.x + 50, grip.y});
        gui.hands.MouseUp();
        gui.hands.Yield(2);
        EXPECT_GT(observation(), before + 0.1);
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
        gui.wait_for_run();
        EXPECT_NEAR(gui.app.live().shown().scene()->lines.at(0).y, observation(), 1e-5);
    });
}

}  // namespace
}  // namespace drift
