// Other methods on the same problem, run in the background of the window.
#include "short_trainings.h"

#include <gtest/gtest.h>
#include <imgui_internal.h>

#include <algorithm>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::opened;
using test::square_map;

TEST(TrainingPanel, ComparesMethodsInTheBackgroundAndStops) {
    drive(opened(square_map(), "Training"), [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.Yield(3);
        const Scenario scenario = gui.app.session().scenario();
        const ComparedProblem* problem = gui.app.comparison().problem_of(scenario);
        ASSERT_NE(problem, nullptr) << "the run itself is the first point";
        EXPECT_EQ(problem->runs.size(), 1U);
        EXPECT_TRUE(problem->of_prior.known());
        gui.hands.SetRef("Training");
        gui.hands.ItemClick("**/Reward");
        gui.hands.Yield(2);
        gui.hands.ItemClick("**/###run.compare");
        EXPECT_TRUE(gui.app.comparison().running());
        gui.wait_until([&] { return gui.app.comparison().problem_of(scenario)->runs.size() >= 3; }, "two more methods");
        EXPECT_FALSE(gui.app.live().running()) << "what is on screen is left alone";
        gui.hands.Yield(2);
        if (gui.app.comparison().running()) {
            gui.hands.ItemClick("**/###run.stop_comparing");
        }
        EXPECT_FALSE(gui.app.comparison().running());
    });
}

TEST(TrainingPanel, ComparesMethodsWhereTheOneOnScreenLearnsNothing) {
    drive(opened(load_scenario(asset_path("scenarios/scene_a_dps.json")), "Data"), [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().compared = {"importance", "rejection"};
        gui.app.act("run.compare");  // as from the menu
        gui.hands.Yield(3);
        gui.hands.SetRef("Training");
        ASSERT_TRUE(gui.hands.ItemExists("**/SIR")) << "the table has come to the front";
        gui.wait_until([&] { return !gui.app.comparison().running(); }, "two methods");
        const ComparedProblem* problem = gui.app.comparison().problem_of(gui.app.session().scenario());
        ASSERT_NE(problem, nullptr);
        EXPECT_TRUE(std::ranges::any_of(problem->runs, [](const ComparedRun& run) {
            return run.scenario.sampler.type == "importance" && run.outcome.known();
        }));
        gui.hands.ItemClick("**/Trainings");
        gui.hands.Yield(2);
        EXPECT_TRUE(gui.hands.ItemExists("A linear map, trained in noise space"));
        gui.hands.ItemClick("**/Reward");
        gui.hands.Yield(2);
        EXPECT_TRUE(gui.hands.ItemExists("**/###run.compare"));
    });
}

TEST(TrainingPanel, TheWordsOnCompareGoWithTheMouse) {
    drive(opened(load_scenario(asset_path("scenarios/scene_a_dps.json")), "Training"), [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().compared = {"importance"};
        gui.app.view().training_tab = "Methods";
        gui.hands.Yield(3);
        const auto words = [] {
            const ImGuiWindow* window = ImGui::FindWindowByName("##Tooltip_00");
            return window != nullptr && window->Active;
        };
        gui.hands.SetRef("Training");
        gui.hands.MouseMove("**/###run.compare");
        gui.wait_until(words, "what the button is for");
        gui.hands.MouseClick();
        gui.hands.Yield(2);
        EXPECT_FALSE(words()) << "an order that was given needs no explaining";
        gui.wait_until([&] { return !gui.app.comparison().running(); }, "one method");
        gui.hands.Yield(5);
        EXPECT_FALSE(words());
        gui.hands.MouseMove("**/Trainings");
        gui.hands.MouseMove("**/###run.compare");
        gui.wait_until(words, "the words again for who comes back");
    });
}

}  // namespace
}  // namespace drift
