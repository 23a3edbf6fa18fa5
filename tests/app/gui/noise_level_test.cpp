// The noise level in the schedule editor, on the real program without a display.
#include "three_knots.h"

#include "app/gl/graphics.h"

#include <gtest/gtest.h>

#include <imgui_test_engine/imgui_te_context.h>

#include <cmath>
#include <string>
#include <variant>

namespace drift {
namespace {

using test::begin_with_three_knots;
using test::drive;
using test::Gui;

const Choice& schedule(const Gui& gui) {
    return gui.app.session().scenario().schedule;
}

const Curve& shown(const Gui& gui) {
    return gui.app.graphics->schedule.editor.curve();
}

void begin(Gui& gui) {
    begin_with_three_knots(gui);
    gui.app.view().curve = {Kind::Schedule, "knots"};
    gui.hands.Yield(4);
}

void paste(Gui& gui, const char* text) {
    ImGui::SetClipboardText(text);
    gui.hands.ItemClick("**/##paste");
    gui.hands.Yield(3);
}

TEST(NoiseLevel, IsCopiedAndPastedInSigma) {
    drive({}, [](Gui& gui) {
        begin(gui);
        paste(gui, "schedule v1: x=step01 interp=linear [(0,40),(0.5,2),(1,0.01)]");
        ASSERT_EQ(schedule(gui).type, "drawn") << gui.last_toast();
        const auto& knots = std::get<Array>(schedule(gui).params.at("knots").value);
        ASSERT_EQ(knots.data.size(), 6U);
        EXPECT_NEAR(knots.data[1], std::log(40.0), 1e-12);
        EXPECT_NEAR(knots.data[3], std::log(2.0), 1e-12);
        EXPECT_EQ(shown(gui).interpolation(), Interpolation::Linear) << "as pasted";
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().error(), "");
        EXPECT_NEAR(gui.app.live().shown().scene()->sigma.front(), 40, 1e-6);
        const Curve before = shown(gui);
        gui.hands.ItemClick("**/##copy");
        const std::string text = ImGui::GetClipboardText();
        EXPECT_NEAR(curve_from_text(text).at(0), 40, 1e-9) << text;
        const size_t undo = gui.app.session().undo_size();
        paste(gui, "[(0,10),(1,1)]");
        paste(gui, text.c_str());
        EXPECT_EQ(gui.app.session().undo_size(), undo + 2);
        ASSERT_EQ(shown(gui).knots().size(), before.knots().size());
        for (size_t i = 0; i < before.knots().size(); ++i) {
            EXPECT_NEAR(shown(gui).knots()[i].value, before.knots()[i].value, 1e-12);
        }
        EXPECT_EQ(shown(gui).interpolation(), Interpolation::Linear);
    });
}

TEST(NoiseLevel, RefusesWhatItCannotBe) {
    drive({}, [](Gui& gui) {
        begin(gui);
        const std::string type = schedule(gui).type;
        paste(gui, "[(0,3),(1,-4)]");
        EXPECT_NE(gui.last_toast().find("sigma goes from 0.001 to 200, but knot 2 is -4"), std::string::npos)
            << gui.last_toast();
        EXPECT_EQ(schedule(gui).type, type) << "nothing is clamped";
        gui.app.view().curve = {Kind::Sampler, "guidance"};
        gui.hands.Yield(4);
        const Curve before = test::guidance(gui);
        paste(gui, "[(0,1),(1,1e9)]");
        EXPECT_NE(gui.last_toast().find("but knot 2 is 1e+09"), std::string::npos) << gui.last_toast();
        EXPECT_EQ(test::guidance(gui), before);
    });
}

TEST(NoiseLevel, BeginsWithTheShapeOfAFormulaAndIsBentFromThere) {
    drive({}, [](Gui& gui) {
        begin(gui);
        const double from = shown(gui).at(0);
        const double to = shown(gui).at(1);
        gui.hands.ItemClick("##preset");
        gui.hands.ItemClick("//$FOCUSED/Log-linear");
        gui.hands.Yield(3);
        EXPECT_EQ(schedule(gui).type, "drawn") << gui.last_toast();
        EXPECT_NEAR(shown(gui).at(0), from, 1e-6);
        EXPECT_NEAR(shown(gui).at(0.5), (from + to) / 2, 1e-2);
        gui.hands.ItemClick("##interpolation");
        gui.hands.ItemClick("//$FOCUSED/$$1/linear");
        gui.hands.Yield(3);
        EXPECT_EQ(std::get<std::string>(schedule(gui).params.at("interpolation").value), "linear");
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().error(), "");
    });
}

}  // namespace
}  // namespace drift
