// Other methods on the same problem, run in the background of the window.
#include "short_trainings.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace drift
