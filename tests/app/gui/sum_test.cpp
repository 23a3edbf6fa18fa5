// A condition that is put together of others, edited in the window without a display.
#include "gui_harness.h"

#include "core/terms.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace drift {
namespace {

using test::drive;
using test::Gui;

const std::vector<Term>& terms(const Gui& gui) {
    return list_of(std::get<Terms>(gui.app.session().scenario().condition.params.at("terms").value));
}

TEST(SumOfConditions, IsPutTogetherAndTakenApartByHand) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.session().edit("method", [](Scenario& scenario) {  // one that needs no closed form
            scenario.sampler = default_choice(Kind::Sampler, "dps");
        });
        gui.hands.SetRef("Scenario");
        gui.hands.ComboClick("##condition/Several at once");
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().error(), "") << "nothing is a sum, too";
        for (const char* title : {"Linear measurement", "Half space"}) {
            gui.hands.ItemClick("$$1/params/terms/##value");  // lists have no name that could be searched for
            gui.hands.ItemClick((std::string("//$FOCUSED/") + title).c_str());
            gui.wait_for_run();
        }
        ASSERT_EQ(terms(gui).size(), 2U);
        EXPECT_EQ(terms(gui)[1].condition.type, "half_space");
        EXPECT_EQ(gui.app.live().error(), "");
        gui.hands.ItemInputValue("$$1/params/terms/$$1/##weight", 3.0F);
        gui.wait_for_run();
        EXPECT_EQ(terms(gui)[1].weight, 3);
        gui.hands.ItemClick("$$1/params/terms/$$0/-");
        gui.wait_for_run();
        ASSERT_EQ(terms(gui).size(), 1U);
        EXPECT_EQ(terms(gui)[0].condition.type, "half_space");
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        gui.hands.Yield(2);
        EXPECT_EQ(terms(gui).size(), 2U) << "taking away is a step of the history";
    });
}

}  // namespace
}  // namespace drift
