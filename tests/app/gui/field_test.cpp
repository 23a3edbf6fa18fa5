// The panels of fields, rewards and noise on the real program, without a display.
#include "gui_harness.h"

#include "app/gl/graphics.h"

#include <gtest/gtest.h>
#include <hello_imgui/hello_imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;

/// The panel in front, with the run at rest at this state.
void look_at(Gui& gui, const std::string& panel, double step) {
    gui.wait_for_run();
    gui.app.view().playing = false;
    gui.app.view().playhead = step;
    gui.hands.WindowFocus(("//" + panel).c_str());
    gui.hands.Yield(3);
}

TEST(FieldPanel, ShowsTheFieldOfTheStateAndOfTheOneBeforeTheCleanSamples) {
    drive({}, [](Gui& gui) {
        look_at(gui, "Field", 30);
        const FieldView& view = gui.app.graphics->field;
        ASSERT_TRUE(view.field);
        EXPECT_EQ(view.frame.step, 30);
        EXPECT_GT(view.numbers.cosine, 0.5) << "TDS pulls about where it should";
        EXPECT_EQ(view.ratios.size(), static_cast<size_t>(gui.app.live().shown().at(30)->count));
        gui.press(ImGuiKey_End);
        gui.hands.Yield(2);
        EXPECT_EQ(view.frame.step, gui.app.live().shown().size() - 2) << "nothing guides the clean samples";
        gui.app.view().type_size = 2;  // no room for all plots at once
        gui.app.theme_changed = true;
        gui.hands.Yield(3);
        for (const char* choice : {"agreement", "forces", "arrows"}) {
            gui.hands.SetRef("//Field");
            gui.hands.ComboClick((std::string("##shows/") + choice).c_str());
            gui.hands.Yield(2);
        }
        EXPECT_EQ(view.shows, FieldShows::Arrows);
        EXPECT_EQ(gui.last_toast(), "");
    });
}

TEST(FieldPanel, FollowsTheNoiseUntilItIsMovedAndAgainAfterFit) {
    drive({}, [](Gui& gui) {
        look_at(gui, "Field", 10);
        const FieldView& view = gui.app.graphics->field;
        const double wide = view.x_max - view.x_min;
        gui.hands.MouseMove("//Field/##method field");
        gui.hands.MouseWheelY(3);
        gui.hands.Yield(2);
        EXPECT_FALSE(view.follow_noise);
        EXPECT_LT(view.x_max - view.x_min, wide);
        gui.hands.ItemClick("//Field/Fit");
        gui.hands.Yield(2);
        EXPECT_TRUE(view.follow_noise);
        EXPECT_NEAR(view.x_max - view.x_min, wide, 0.02 * wide);
        gui.app.view().playhead = 40;
        gui.hands.Yield(3);
        EXPECT_LT(view.x_max - view.x_min, wide) << "less noise, a closer look";
    });
}

TEST(FieldPanel, SaysWhatIsMissingWhereThereIsNothingToCompare) {
    drive({}, [](Gui& gui) {
        look_at(gui, "Field", 10);
        gui.app.session().edit("method", [](Scenario& scenario) {
            scenario.sampler = default_choice(Kind::Sampler, "reverse_diffusion");
        });
        look_at(gui, "Field", 10);
        EXPECT_FALSE(gui.hands.ItemExists("//Field/##shows")) << "one sentence and nothing else";
    });
    WindowOptions line;
    line.scenario = scenario_from_json(
        R"({"format": "driftscope-scenario", "version": 1, "title": "t", "prior": {"type": "gaussian", "mean": [0],
            "covariance": 1}, "condition": {"type": "linear_gaussian", "matrix": [[1]], "observation": [1], "noise": 0.5},
            "schedule": {"type": "edm", "steps": 20}, "sampler": {"type": "dps"}, "particles": 64, "seed": 1})",
        "test");
    drive(line, [](Gui& gui) {
        look_at(gui, "Field", 10);
        EXPECT_FALSE(gui.app.graphics->field.field);
        EXPECT_EQ(gui.app.graphics->field.ratios.size(), 64U) << "forces there are on a line as well";
    });
}

TEST(RewardsPanel, AndNoisePanelSayOneSentenceWhereThereIsNothing) {
    drive({}, [](Gui& gui) {
        gui.app.session().edit("method", [](Scenario& scenario) {
            scenario.sampler = default_choice(Kind::Sampler, "reverse_diffusion");
        });
        look_at(gui, "Rewards", 10);
        EXPECT_TRUE(gui.app.graphics->rewards.history.picture().empty());
        look_at(gui, "Noise", 10);
        EXPECT_EQ(gui.app.graphics->noise.frame.step, -1) << "nothing was drawn";
        EXPECT_EQ(gui.last_toast(), "");
    });
}

TEST(TwinLayout, HasNoiseAndDataSideBySide) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        HelloImGui::SwitchLayout("Twin");
        gui.hands.Yield(10);
        const ImGuiWindow* noise = gui.hands.GetWindowByRef("//Noise");
        const ImGuiWindow* data = gui.hands.GetWindowByRef("//Data");
        ASSERT_NE(noise, nullptr);
        ASSERT_NE(data, nullptr);
        EXPECT_FALSE(noise->Hidden);
        EXPECT_FALSE(data->Hidden);
        EXPECT_LE(noise->Rect().Max.x, data->Rect().Min.x);
        EXPECT_NEAR(noise->Size.x, data->Size.x, 0.15 * noise->Size.x);
        const ImGuiWindow* time = gui.hands.GetWindowByRef("//Time");
        ASSERT_NE(time, nullptr);
        EXPECT_FALSE(time->Hidden) << "time lies in front at the foot";
    });
}

TEST(Arrows, OfTheSumAreASwitchOfTheDataPanel) {
    drive({}, [](Gui& gui) {
        look_at(gui, "Data", 20);
        EXPECT_EQ(gui.app.graphics->data.arrow_scale, 0);
        gui.hands.SetRef("//Data");
        gui.hands.ItemClick("**/Sum");
        gui.hands.Yield(2);
        EXPECT_TRUE(gui.app.view().total_arrows);
        EXPECT_GT(gui.app.graphics->data.arrow_scale, 0);
    });
}

}  // namespace
}  // namespace drift
