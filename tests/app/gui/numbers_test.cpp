// The numbers panel in the real window without a display.
#include "gui_harness.h"

#include "app/panels/memory.h"
#include "app/panels/numbers/number_lines.h"
#include "support/paths.h"

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;

void open_shipped(Gui& gui, const std::string& name) {
    gui.app.open_file((test::source_dir() / "assets/scenarios" / (name + ".json")).string());
    gui.wait_for_run();
    gui.hands.Yield(3);
}

bool exists(Gui& gui, const char* item) {
    gui.hands.SetRef("Numbers");
    return gui.hands.ItemExists(item);
}

TEST(NumbersPanel, FoldsItsSectionsAndFitsItsWidth) {
    drive({}, [](Gui& gui) {
        for (const char* name : {"scene_a", "scene_a_mala", "nine_modes_ais", "failure_discretisation_bias"}) {
            open_shipped(gui, name);
            gui.hands.SetRef("Numbers");
            for (const char* section : {"Weights", "Particles##weighted", "Weights in detail", "Against the truth",
                                        "Particles", "Weights##none", "Work"}) {
                if (gui.hands.ItemExists(section)) {
                    gui.hands.ItemOpen(section);
                }
            }
            gui.hands.Yield(3);
            const ImGuiWindow* window = ImGui::FindWindowByName("Numbers");
            ASSERT_NE(window, nullptr) << name;
            EXPECT_LE(window->ScrollMax.x, 0) << name << ": wider than the panel";
        }
    });
}

TEST(NumbersPanel, ShowsDetailsOfWeightsForWeightedMethodsOnly) {
    drive({}, [](Gui& gui) {
        open_shipped(gui, "scene_a");
        EXPECT_TRUE(exists(gui, "Weights in detail"));
        EXPECT_TRUE(exists(gui, "Against the truth"));
        open_shipped(gui, "scene_a_dps");
        EXPECT_FALSE(exists(gui, "Weights in detail"));
        EXPECT_TRUE(exists(gui, "Weights##none"));
    });
}

// The caption sends readers to the largest weight and to Pareto k.
TEST(NumbersPanel, OpensTheDetailsOfWeightsThatFewParticlesCarry) {
    drive({}, [](Gui& gui) {
        open_shipped(gui, "failure_weight_degeneracy");
        gui.press(ImGuiKey_End);
        gui.hands.Yield(3);
        ASSERT_TRUE(exists(gui, "Weights in detail##uneven"));
        const ImGuiTestItemInfo section = gui.hands.ItemInfo("Weights in detail##uneven");
        EXPECT_NE(section.StatusFlags & ImGuiItemStatusFlags_Opened, 0);
        const ImGuiWindow* window = ImGui::FindWindowByName("Numbers");
        EXPECT_LT(section.RectFull.Max.y + 5 * 1.5F * ImGui::GetFontSize(), window->InnerRect.Max.y) << "in sight";
    });
}

TEST(NumbersPanel, SaysWhichNumbersAreOfTheEndWhileAnotherStepIsShown) {
    drive({}, [](Gui& gui) {
        open_shipped(gui, "scene_a");
        gui.press(ImGuiKey_End);
        gui.hands.Yield(3);
        ASSERT_NE(gui.app.context().summary, nullptr);
        EXPECT_EQ(end_note(gui.app.context()), "");
        const ImGuiWindow* window = ImGui::FindWindowByName("Numbers");
        ASSERT_NE(window, nullptr);
        const float of_the_end = window->ContentSize.y;
        gui.press(ImGuiKey_Home);
        gui.hands.Yield(3);
        EXPECT_EQ(end_note(gui.app.context()), "at the end");
        EXPECT_GT(window->ContentSize.y, of_the_end) << "captions of distances and modes";
        EXPECT_LE(window->ScrollMax.x, 0) << "wider than the panel";
    });
}

TEST(NumbersPanel, SaysByHowManyStandardErrorsLogZIsOff) {
    Summary summary;
    EXPECT_EQ(log_z_error_text(summary).value, "-") << "nothing was estimated";
    summary.log_z = -2.5;
    summary.log_z_sd = 0.2;
    EXPECT_EQ(log_z_error_text(summary).value, "-") << "nothing is known";
    summary.exact_log_z = -3;
    EXPECT_EQ(log_z_error_text(summary).value, "+0.5");
    EXPECT_EQ(log_z_error_text(summary).reference, "2.5 standard errors");
    summary.exact_log_z = -2.4;
    summary.exact_log_z_discretised = -2.53;
    summary.log_z_sd_is_lower_bound = true;
    EXPECT_EQ(log_z_error_text(summary).value, "-0.1");
    EXPECT_EQ(log_z_error_text(summary).reference, "at most 0.5 standard errors, in these steps +0.03");
    summary.log_z_sd = 0;
    EXPECT_EQ(log_z_error_text(summary).reference, "in these steps +0.03");
    EXPECT_EQ(log_z_error_text(summary, "at the end").reference, "at the end, in these steps +0.03");
}

// On the way an estimate is of another integral.
TEST(NumbersPanel, SaysThatTheExactLogZIsOfTheEnd) {
    Scene scene;
    EXPECT_EQ(exact_log_z_text(scene, false), "");
    scene.exact_log_z = -3;
    EXPECT_EQ(exact_log_z_text(scene, true), "exact -3");
    EXPECT_EQ(exact_log_z_text(scene, false), "exact at the end -3");
}

// Only the prior is asked.
TEST(NumbersPanel, CountsParticlesOffTheDataWithoutAPosteriorInClosedForm) {
    drive({}, [](Gui& gui) {
        open_shipped(gui, "failure_over_guidance");
        ASSERT_TRUE(gui.app.session().edit(
            "noise", [](Scenario& scenario) { scenario.condition.params.set("noise_model", std::string("laplace")); }));
        gui.wait_for_run();
        gui.press(ImGuiKey_End);
        gui.hands.Yield(3);
        EXPECT_FALSE(gui.app.context().scene()->posterior);
        EXPECT_TRUE(exists(gui, "Against the truth")) << "by quadrature";
        const PanelMemory& memory = gui.app.memory();
        EXPECT_EQ(memory.shares_recording, gui.app.context().recording_id);
        EXPECT_EQ(memory.shares_step, gui.app.context().frame()->numbers.step);
        ASSERT_NE(gui.app.context().summary, nullptr);
        EXPECT_GT(memory.shares.off_manifold, 0.01);
        EXPECT_NEAR(memory.shares.off_manifold, gui.app.context().summary->off_manifold, 1e-6);
    });
}

// Of the whole schedule, whatever state is looked at: the caption of the scenario sends readers there.
TEST(NumbersPanel, ForetellsTheLargestAmplificationOfTheRun) {
    drive({}, [](Gui& gui) {
        open_shipped(gui, "failure_blow_up");
        const Foretold largest = largest_amplification(*gui.app.context().scene());
        EXPECT_NEAR(largest.factor, 8.58, 0.01);
        EXPECT_EQ(largest.step, 16);
        const Recording& recording = gui.app.context().recording;
        EXPECT_EQ(recording.at(16)->numbers.amplification, largest.factor) << "as it turns out";
        open_shipped(gui, "scene_a_dps");
        EXPECT_LE(largest_amplification(*gui.app.context().scene()).factor, 1);
    });
}

TEST(NumbersPanel, ForetellsTheAmplificationBeforeTheFirstState) {
    WindowOptions options;
    options.scenario = load_scenario((test::source_dir() / "assets/scenarios/failure_blow_up.json").string());
    options.scenario->particles = 4'000'000;  // the first state takes a while
    drive(options, [](Gui& gui) {
        gui.wait_until([&gui] { return gui.app.context().coming != nullptr; }, "the scene of the run");
        ASSERT_EQ(gui.app.context().frame(), nullptr);
        EXPECT_NEAR(largest_amplification(*gui.app.context().coming).factor, 8.58, 0.01);
        gui.hands.Yield();
        const ImGuiWindow* window = ImGui::FindWindowByName("Numbers");
        ASSERT_NE(window, nullptr);
        EXPECT_GT(window->ContentSize.y, 1.5F * ImGui::GetFontSize()) << "a line below the one that asks to wait";
    });
}

}  // namespace
}  // namespace drift
