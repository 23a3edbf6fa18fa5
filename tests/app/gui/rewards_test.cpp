// Potentials of FK steering in the panel of rewards, on the real program without a display.
#include "gui_harness.h"

#include "app/panels/rewards/potential_lines.h"
#include "app/paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace drift {
namespace {

using test::drive;
using test::Gui;

std::vector<std::string> potentials_of_the_catalogue() {
    return item_at(Kind::Sampler, "fk_steering").params.at("potential").options;
}

TEST(PotentialLines, OneIsInUseWhicheverWasChosen) {
    for (const std::string& potential : potentials_of_the_catalogue()) {
        int in_use = 0;
        for (const PotentialLine& line : potential_lines(potential)) {
            in_use += line.in_use ? 1 : 0;
            EXPECT_EQ(line.label() == potential + " (in use)", line.in_use) << line.label();
        }
        EXPECT_EQ(in_use, 1) << potential;
    }
    EXPECT_EQ(potential_lines("difference").size(), 3U);
    EXPECT_EQ(potential_lines("none").size(), 4U) << "beside those that are always compared";
}

TEST(RewardsPanel, DrawsThePotentialInUse) {
    WindowOptions options;
    options.scenario = load_scenario(asset_path("scenarios/failure_greedy_killing.json"));
    drive(options, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().playing = false;
        for (const std::string& potential : potentials_of_the_catalogue()) {
            gui.app.session().edit("potential", [&](Scenario& s) { set_value(s, "sampler.potential", potential); });
            gui.app.view().focus_panel = "Rewards";
            gui.wait_for_run();
            gui.hands.Yield(3);
            EXPECT_EQ(gui.app.live().error(), "") << potential;
            EXPECT_NE(gui.hands.ItemInfo("//Rewards/##potentials").ID, 0U) << potential;
        }
        EXPECT_EQ(gui.last_toast(), "");
    });
}

}  // namespace
}  // namespace drift
