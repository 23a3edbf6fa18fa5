// The training panel in the real window without a display, on trainings of a moment.
#include "gui_harness.h"

#include "app/gl/graphics.h"
#include "app/paths.h"
#include "core/scenario.h"

#include <gtest/gtest.h>

#include <hello_imgui/hello_imgui.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <unistd.h>

#include <filesystem>
#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;

/// The linear map with a small network, and so many iterations that are reported in fives: a busy machine has to get
/// through them in a minute.
Scenario short_training(int64_t iterations) {
    Scenario scenario = load_scenario(asset_path("scenarios/trained_linear_map.json"));
    set_value(scenario, "sampler.iterations", std::to_string(iterations));
    set_value(scenario, "sampler.report_every", "5");
    set_value(scenario, "sampler.batch", "8");
    set_value(scenario, "sampler.steps", "6");
    set_value(scenario, "sampler.width", "8");
    scenario.particles = 40;
    return scenario;
}

WindowOptions opened(const Scenario& scenario) {
    WindowOptions options;
    options.scenario = scenario;
    options.panel = "Training";
    return options;
}

const TrainingNumbers* newest(Gui& gui) {
    const Recording& shown = gui.app.live().shown();
    return shown.empty() ? nullptr : shown.at(shown.size() - 1)->training.get();
}

const TrainingHistory& history(Gui& gui) {
    return gui.app.graphics->training.history;
}

std::string layout() {
    return HelloImGui::GetRunnerParams()->dockingParams.layoutName;
}

TEST(TrainingPanel, ShowsTheTrainingThatTheRecordingHolds) {
    drive(opened(short_training(20)), [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.Yield(3);
        EXPECT_EQ(layout(), "Twin") << "noise beside data";
        EXPECT_EQ(history(gui).loss.iteration, (std::vector<double>{5, 10, 15, 20}));
        EXPECT_FALSE(history(gui).upper.empty()) << "exact draws are known";
        EXPECT_EQ(history(gui).sampled.iteration, (std::vector<double>{20}));
        gui.hands.WindowFocus("//Training");
        gui.hands.SetRef("Training");
        // The plots may lie in a table, whose name is part of theirs.
        gui.wait_until([&] { return gui.hands.ItemExists("**/Residuals"); }, "the tabs");
        for (const char* tab : {"**/Loss", "**/ESS", "**/Sources", "**/Residuals"}) {
            ASSERT_TRUE(gui.hands.ItemExists(tab)) << tab;
            gui.hands.ItemClick(tab);
            gui.hands.Yield(2);
            const ImGuiWindow* window = ImGui::FindWindowByName("Training");
            ASSERT_NE(window, nullptr);
            EXPECT_LE(window->ScrollMax.x, 0) << tab << ": wider than the panel";
        }
    });
}

TEST(TrainingPanel, IsCutShortToSampleAndGoesOnAfterwards) {
    drive(opened(short_training(200'000)), [](Gui& gui) {
        gui.wait_until([&] { return newest(gui) != nullptr && newest(gui)->iteration >= 5; }, "some iterations");
        gui.hands.Yield(2);
        gui.hands.SetRef("Training");
        gui.hands.ItemClick("###run.compute");
        EXPECT_FALSE(gui.app.live().computing());
        gui.hands.ItemClick("###run.compute");
        EXPECT_TRUE(gui.app.live().computing());
        gui.hands.ItemClick("###run.sample_now");
        gui.wait_for_run();
        const int64_t learned = newest(gui)->iteration;
        EXPECT_EQ(newest(gui)->sampled, 6) << "all steps of the sampler";
        EXPECT_LT(learned, 200'000);
        EXPECT_NE(gui.app.live().summary(), nullptr);
        const int64_t states = gui.app.live().shown().size();
        gui.hands.Yield(3);
        gui.hands.ItemClick("###run.learn_on");
        gui.wait_until([&] { return newest(gui)->iteration >= learned + 5; }, "more iterations");
        EXPECT_TRUE(gui.app.live().running());
        EXPECT_EQ(newest(gui)->sampled, -1);
        EXPECT_GT(gui.app.live().shown().size(), states) << "in the same recording";
        gui.press(ImGuiMod_Shift | ImGuiKey_S);
        gui.wait_for_run();
        EXPECT_EQ(newest(gui)->sampled, 6) << "by its key, too";
        gui.hands.Yield(3);
        EXPECT_EQ(history(gui).sampled.value.size(), 2U);
    });
}

TEST(TrainingPanel, OffersToContinueATrainingThatWasKept) {
    WindowOptions options = opened(short_training(600));
    options.trainings = testing::TempDir() + "drift_kept_" + std::to_string(getpid());
    std::filesystem::remove_all(options.trainings);
    drive(options, [](Gui& gui) {
        gui.wait_for_run();
        EXPECT_EQ(gui.last_toast(), "") << "there was none";
    });
    set_value(*options.scenario, "sampler.iterations", "200000");
    drive(options, [](Gui& gui) {
        gui.wait_until([&] { return newest(gui) != nullptr; }, "the start");
        gui.app.act("run.compute");  // it would soon be as far
        gui.hands.Yield(2);
        EXPECT_LT(newest(gui)->iteration, 600) << "never silently";
        EXPECT_NE(gui.last_toast().find("600 iterations"), std::string::npos) << gui.last_toast();
        gui.hands.ItemClick("//Training/###run.resume");
        gui.wait_until([&] { return newest(gui)->iteration >= 605; }, "more iterations");
        const Recording& shown = gui.app.live().shown();
        EXPECT_EQ(shown.at(0)->training->iteration, 0);
        gui.hands.Yield(2);
        ASSERT_FALSE(history(gui).loss.empty());
        EXPECT_EQ(history(gui).loss.iteration.front(), 5) << "its curves are there from the start";
        EXPECT_EQ(history(gui).last_iteration(), 200'000);
        EXPECT_FALSE(gui.hands.ItemExists("//Training/###run.resume"));
    });
}

TEST(TrainingPanel, SaysTrainOnceNothingIsUnderWay) {
    drive(opened(short_training(10)), [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.Yield(3);
        const uint64_t seed = gui.app.session().scenario().seed;
        gui.hands.ItemClick("//Training/###run.new_seed");
        EXPECT_NE(gui.app.session().scenario().seed, seed);
        gui.wait_for_run();
        EXPECT_EQ(newest(gui)->iteration, 10);
    });
}

TEST(TrainingPanel, ScrubsThroughTheIterations) {
    drive(opened(short_training(40)), [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.Yield(3);
        const ImGuiWindow* window = ImGui::FindWindowByName("Training");
        ASSERT_NE(window, nullptr);
        // In a low panel the plot of log Z is the left half.
        const ImVec2 middle{window->Pos.x + 0.27F * window->Size.x, window->Pos.y + 0.6F * window->Size.y};
        gui.hands.MouseMoveToPos(middle);
        gui.hands.MouseDown();
        gui.hands.Yield(2);
        const Frame& shown = *gui.app.live().shown().at(gui.app.context().step);
        EXPECT_GT(shown.training->iteration, 5);
        EXPECT_LT(shown.training->iteration, 35);
        EXPECT_EQ(shown.training->sampled, -1);
        gui.hands.MouseMoveToPos({window->Pos.x + 0.15F * window->Size.x, middle.y});
        gui.hands.Yield(2);
        const Frame& earlier = *gui.app.live().shown().at(gui.app.context().step);
        EXPECT_LT(earlier.training->iteration, shown.training->iteration);
        gui.hands.MouseUp();
        EXPECT_FALSE(gui.app.view().playing);
    });
}

TEST(TrainingPanel, SaysWhatItIsForWhereNothingIsLearned) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        EXPECT_EQ(layout(), "Explore");
        gui.press(ImGuiKey_N);
        gui.hands.Yield(4);
        gui.hands.SetRef("Training");
        const char* title = "A linear map, trained in noise space";
        ASSERT_TRUE(gui.hands.ItemExists(title)) << "offers what has something to show";
        gui.hands.ItemClick(title);
        gui.hands.Yield(4);
        EXPECT_EQ(gui.app.session().scenario().sampler.type, "outsourced");
        EXPECT_EQ(layout(), "Twin");
    });
}

TEST(TrainingPanel, TheSamplerInDataSpaceHasItsPictureBesideIt) {
    Scenario scenario = load_scenario(asset_path("scenarios/trained_nine_of_25.json"));
    set_value(scenario, "sampler.iterations", "4");
    set_value(scenario, "sampler.batch", "16");
    set_value(scenario, "sampler.steps", "10");
    scenario.particles = 400;
    drive(opened(scenario), [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.Yield(3);
        EXPECT_EQ(layout(), "Train");
        EXPECT_GT(newest(gui)->floor, 0) << "its variance is given";
        EXPECT_GT(newest(gui)->missing_modes, 0) << "after four iterations";
    });
}

}  // namespace
}  // namespace drift
