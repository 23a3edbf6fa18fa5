// Weights of a trained sampler, saved and loaded with the dialog that a user has.
#include "short_trainings.h"

#include "app/file_browser.h"
#include "app/learning.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::opened;
using test::square_map;

TEST(Weights, AreSavedAndLoadedThroughTheWindow) {
    const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "driftscope_weights";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const std::string file = (folder / "square.weights").string();
    drive(opened(square_map(), "Training"), [&](Gui& gui) {
        const auto type = [&gui](const std::string& path) {
            gui.hands.Yield(3);
            gui.hands.KeyCharsReplaceEnter(path.c_str());
            gui.hands.Yield(3);
        };
        const auto weights = [&gui] { return loaded_weights(gui.app.session().scenario().sampler); };
        gui.wait_for_run();
        gui.hands.Yield(2);
        gui.hands.SetRef("Training");
        gui.hands.ItemClick("###run.save_weights");
        type((folder / "square").string());
        gui.wait_until([&] { return is_file(file); }, "the file, with its extension");
        gui.wait_until([&] { return gui.last_toast().find("Saved") != std::string::npos; }, "word of it");
        gui.hands.ItemClick("###run.load_weights");
        type(file);
        EXPECT_EQ(weights(), file);
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().shown().at(0)->training->iterations, 0) << "it samples at once";
        EXPECT_EQ(gui.app.live().shown().at(0)->training->iteration, 10) << "with what was learned";
        gui.hands.Yield(3);
        ASSERT_TRUE(gui.hands.ItemExists("###run.forget_weights"));
        gui.hands.ItemClick("###run.forget_weights");
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().shown().at(0)->training->iterations, 10) << "a file may come of any training";
        gui.hands.ItemClick("###run.load_weights");
        type(file);
        gui.wait_for_run();
        gui.hands.Yield(3);
        // Another problem: refused, and the reason is on screen until it is taken back.
        gui.app.session().edit("measurement",
                               [](Scenario& scenario) { set_value(scenario, "condition.noise", "0.7"); });
        gui.wait_until([&] { return !gui.app.live().error().empty(); }, "the refusal");
        EXPECT_NE(gui.last_toast().find("'condition.noise' is "), std::string::npos) << gui.last_toast();
        gui.hands.Yield(3);
        gui.hands.ItemClick("###run.forget_weights");
        EXPECT_EQ(weights(), "");
        gui.wait_for_run();
        EXPECT_EQ(gui.app.live().error(), "");
        EXPECT_EQ(gui.app.live().shown().at(0)->training->iterations, 10) << "it trains again";
    });
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace drift
