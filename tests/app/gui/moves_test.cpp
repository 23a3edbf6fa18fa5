// Methods that walk no noise schedule, in the real window without a display.
#include "gui_harness.h"

#include "app/gl/graphics.h"

#include "app/playback.h"

#include <gtest/gtest.h>

#include <imgui_internal.h>

#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;

void choose(Gui& gui, const std::string& title) {
    gui.hands.SetRef("Method");
    gui.hands.ComboClick(("##sampler/" + title).c_str());
    gui.wait_for_run();
    EXPECT_EQ(gui.app.live().error(), "");
    for (const ImGuiKey key : {ImGuiKey_End, ImGuiKey_Home}) {
        gui.press(key);
        gui.hands.Yield(3);
    }
}

TEST(Moves, MethodsWithAndWithoutANoiseScheduleTakeTurns) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.session().edit("fewer levels", [](Scenario& s) { set_value(s, "schedule.steps", "23"); });
        gui.wait_for_run();
        gui.app.view().ghosts = gui.app.view().score_arrows = gui.app.view().trails = true;
        gui.app.graphics->schedule.axis = StepAxis::Sigma;
        gui.app.graphics->schedule.noise_lines = true;
        for (const std::string title : {"MALA", "Annealing (AIS, SMC)", "HMC", "Langevin (ULA)"}) {
            choose(gui, title);
            const Recording& shown = gui.app.live().shown();
            EXPECT_TRUE(shown.scene()->sigma.empty()) << title;
            EXPECT_EQ(last_step(shown), shown.size() - 1) << title;
            EXPECT_TRUE(shown.at(shown.size() - 1)->last) << title;
            choose(gui, "TDS");
            EXPECT_EQ(gui.app.live().shown().scene()->steps, 23) << "the schedule is the one that was chosen";
        }
    });
}

TEST(Moves, ADragIsOneStepOfTheHistoryBesideSwitches) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        choose(gui, "Annealing (AIS, SMC)");
        const size_t undo = gui.app.session().undo_size();
        gui.hands.SetRef("Method");
        const ImGuiTestItemInfo slider = gui.hands.ItemInfo("**/rho/##value");
        ASSERT_NE(slider.ID, 0U);
        ASSERT_NE(gui.hands.ItemInfo("**/tune/##value").ID, 0U) << "a switch that nobody touches";
        const ImVec2 from = slider.RectFull.GetCenter();
        gui.hands.MouseMoveToPos(from);
        gui.hands.MouseDown();
        for (const float by : {10.0F, 20.0F, 30.0F}) {
            gui.hands.MouseMoveToPos({from.x + by, from.y});
            EXPECT_TRUE(gui.app.session().editing());
        }
        gui.hands.MouseUp();
        gui.hands.Yield(2);
        EXPECT_FALSE(gui.app.session().editing());
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
    });
}

TEST(Moves, TheLadderIsColouredByAcceptanceHoweverItWasChosen) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().playing = false;
        choose(gui, "Annealing (AIS, SMC)");
        gui.hands.WindowFocus("//Schedule");
        gui.hands.Yield(3);
        EXPECT_NE(gui.hands.ItemInfo("//Schedule/##ladder").ID, 0U) << "adaptive: the ladder alone";
        gui.app.session().edit("draw it", [](Scenario& s) {
            set_value(s, "sampler.ladder", "drawn");
            set_value(s, "sampler.rungs", "8");
        });
        gui.wait_for_run();
        gui.hands.Yield(3);
        EXPECT_NE(gui.hands.ItemInfo("//Schedule/##curve").ID, 0U) << "drawn: the curve";
        const ImVec2 first = gui.hands.ItemInfo("//Schedule/**/knot 1").RectFull.GetCenter();
        const ImVec2 last = gui.hands.ItemInfo("//Schedule/**/knot 2").RectFull.GetCenter();
        const auto told_at = [&](float share) {  // of the straight line from knot to knot
            gui.hands.MouseMoveToPos({first.x + share * (last.x - first.x), first.y + share * (last.y - first.y)});
            gui.hands.Yield(3);
            const ImGuiWindow* tip = gui.hands.GetWindowByRef("//##Tooltip_00");
            return tip != nullptr && tip->Active && !tip->Hidden;
        };
        EXPECT_NEAR(gui.app.live().shown().at(3)->numbers.beta, 3.0 / 8, 1e-9);
        EXPECT_TRUE(told_at(3.0F / 8)) << "with its rungs as dots on it";
        EXPECT_FALSE(told_at(3.5F / 8)) << "between two";
    });
}

TEST(Moves, OnlyParametersThatCountAreShown) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        choose(gui, "Annealing (AIS, SMC)");
        const auto has = [&](const char* key) {
            for (const CurveSource& source : gui.app.graphics->schedule.sources) {
                if (source.target.key == key) {
                    return true;
                }
            }
            return false;
        };
        EXPECT_FALSE(has("beta"));
        gui.app.session().edit("draw it", [](Scenario& s) {
            set_value(s, "sampler.ladder", "drawn");
            set_value(s, "sampler.rungs", "8");
        });
        gui.wait_for_run();
        gui.hands.Yield(3);
        EXPECT_TRUE(has("beta"));
        EXPECT_FALSE(has("knots")) << "no noise schedule";
        EXPECT_EQ(gui.app.live().shown().size(), 9);
    });
}

}  // namespace
}  // namespace drift
