// The views of weights and descent, on the real program without a display.
#include "gui_harness.h"

#include "app/gl/graphics.h"
#include "app/lineage.h"
#include "app/paths.h"
#include "app/playback.h"
#include "app/resampling_event.h"
#include "app/window.h"
#include "core/resampling_study.h"

#include <gtest/gtest.h>

#include <imgui_internal.h>

#include <algorithm>
#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;

/// Whether the panel is in front, and not behind another tab.
bool is_seen(Gui& gui, const char* panel) {
    const ImGuiWindow* window = gui.hands.GetWindowByRef((std::string("//") + panel).c_str());
    return window != nullptr && window->Active && !window->Hidden && !window->DockTabWantClose &&
           (window->DockNode == nullptr || window->DockNode->VisibleWindow == window);
}

WindowOptions in_layout(const char* layout) {
    WindowOptions options;
    options.layout = layout;
    options.width = 1600;
    options.height = 900;
    return options;
}

TEST(Ancestry, TheUsualLayoutShowsThePictureAndTheOthersBehindIt) {
    drive({}, [](Gui& gui) {
        gui.rest_at_the_end();
        EXPECT_TRUE(is_seen(gui, "Data"));
        for (const char* panel : {"Genealogy", "Weights", "Resampling"}) {
            EXPECT_FALSE(is_seen(gui, panel)) << panel;
            const ImGuiWindow* window = gui.hands.GetWindowByRef((std::string("//") + panel).c_str());
            ASSERT_NE(window, nullptr) << panel;
            EXPECT_EQ(window->DockId, gui.hands.GetWindowByRef("//Data")->DockId) << panel;
        }
    });
}

// The caption of this one sends readers to the ancestors.
TEST(Ancestry, AScenarioThatAlwaysResamplesOpensWithItsTree) {
    drive({}, [](Gui& gui) {
        gui.rest_at_the_end();
        gui.app.open_file(asset_path("scenarios/failure_genealogical_collapse.json"));
        gui.wait_for_run();
        gui.hands.Yield(4);
        EXPECT_TRUE(is_seen(gui, "Genealogy"));
        EXPECT_TRUE(is_seen(gui, "Data"));
    });
}

TEST(Ancestry, KeysBringPanelsToTheFrontAndThePictureBack) {
    drive({}, [](Gui& gui) {
        gui.rest_at_the_end();
        const std::pair<ImGuiKeyChord, const char*> keys[] = {
            {ImGuiKey_G, "Genealogy"}, {ImGuiKey_W, "Weights"}, {ImGuiMod_Shift | ImGuiKey_G, "Resampling"}};
        for (const auto& [key, panel] : keys) {
            gui.press(key);
            gui.hands.Yield(4);
            EXPECT_TRUE(is_seen(gui, panel)) << panel;
            EXPECT_FALSE(is_seen(gui, "Data")) << panel;
            gui.press(key);
            gui.hands.Yield(4);
            EXPECT_TRUE(is_seen(gui, "Data")) << panel;
        }
    });
}

TEST(Ancestry, TheLayoutShowsPictureTreeAndWeightsAtOnce) {
    drive(in_layout("Ancestry"), [](Gui& gui) {
        gui.rest_at_the_end();
        for (const char* panel : {"Data", "Genealogy", "Weights", "Time", "Scenario"}) {
            EXPECT_TRUE(is_seen(gui, panel)) << panel;
            const ImGuiWindow* window = gui.hands.GetWindowByRef((std::string("//") + panel).c_str());
            EXPECT_GT(window->Size.x, 200) << panel;
            EXPECT_GT(window->Size.y, 150) << panel;
        }
        for (const std::string& layout : layout_names()) {
            gui.hands.MenuClick(("//##MainMenuBar/Panels/Layout: " + layout).c_str());
            gui.hands.Yield(5);
            EXPECT_TRUE(is_seen(gui, "Data")) << layout;
        }
    });
}

TEST(Ancestry, APanelThatAnOlderLayoutLacksIsDockedBesideThePicture) {
    drive({}, [](Gui& gui) {
        gui.rest_at_the_end();
        ImGui::ClearWindowSettings("Genealogy");
        gui.hands.Yield(1);
        gui.wait_until(
            [&] {
                return gui.hands.GetWindowByRef("//Genealogy")->DockId == gui.hands.GetWindowByRef("//Data")->DockId;
            },
            "the panel beside the picture");
        gui.hands.Yield(4);
        EXPECT_TRUE(is_seen(gui, "Data")) << "which stays in front";
        ImGui::ClearWindowSettings("Genealogy");
        gui.hands.Yield(4);
        EXPECT_EQ(gui.hands.GetWindowByRef("//Genealogy")->DockId, 0U) << "what is taken out again stays out";
    });
}

TEST(Ancestry, HoveringAParticleOfTheTreeIsSeenEverywhereAndAClickGoesThere) {
    drive(in_layout("Ancestry"), [](Gui& gui) {
        gui.rest_at_the_end();
        const TreeView& tree = gui.app.graphics->tree;
        gui.wait_until([&] { return tree.complete && !tree.genealogy.empty(); }, "the tree");
        const ImRect plot = gui.hands.ItemInfo("//Genealogy/##tree").RectFull;
        gui.hands.MouseMoveToPos({plot.Min.x + 0.6F * plot.GetWidth(), plot.Min.y + 0.4F * plot.GetHeight()});
        gui.hands.Yield(2);
        const ParticleRef hovered = gui.app.view().hovered;
        ASSERT_TRUE(is_recorded(gui.app.live().shown(), hovered));
        EXPECT_NEAR(static_cast<double>(hovered.step), 0.58 * static_cast<double>(tree.last), 6);
        gui.hands.MouseClick();
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.view().selected, hovered);
        EXPECT_EQ(shown_step(gui.app.view(), gui.app.live().shown()), hovered.step);
        gui.hands.MouseMoveToPos({10, 10});
        gui.hands.Yield(2);
        EXPECT_FALSE(gui.app.view().hovered) << "nothing is hovered any more";
        EXPECT_EQ(gui.app.view().selected, hovered);
    });
}

TEST(Ancestry, TheTreeIsReadOnceAndNothingIsRedrawnAtRest) {
    drive(in_layout("Ancestry"), [](Gui& gui) {
        gui.rest_at_the_end();
        const TreeView& tree = gui.app.graphics->tree;
        gui.wait_until([&] { return tree.complete; }, "the tree");
        gui.hands.Yield(5);
        const uint64_t version = tree.version;
        const TreeLine* lines = tree.layout.survivors.data();
        gui.press(ImGuiKey_Home);
        gui.hands.Yield(5);
        EXPECT_EQ(tree.version, version);
        EXPECT_EQ(tree.layout.survivors.data(), lines) << "scrubbing lays nothing out anew";
        EXPECT_TRUE(std::isinf(gui.app.next_redraw()));
    });
}

TEST(Ancestry, ARectangleInThePictureChoosesParticlesUntilEscape) {
    drive(in_layout("Ancestry"), [](Gui& gui) {
        gui.rest_at_the_end();
        const DataView& data = gui.app.graphics->data;
        const ImRect plot = gui.hands.ItemInfo("//Data/##data").RectFull;
        const auto at = [&plot](float x, float y) {
            return ImVec2{plot.Min.x + x * plot.GetWidth(), plot.Min.y + y * plot.GetHeight()};
        };
        gui.choose_along({at(0.25F, 0.2F), at(0.5F, 0.5F), at(0.8F, 0.8F)});
        const Brush brush = gui.app.view().brush;
        ASSERT_TRUE(brush);
        EXPECT_EQ(brush.step, data.picture.step);
        EXPECT_TRUE(data.follow_noise) << "the picture has not moved under the rectangle";
        EXPECT_EQ(data.brushed, brush.particles);
        EXPECT_FALSE(gui.app.graphics->tree.brushed.empty()) << "their ancestry is in the tree";
        gui.press(ImGuiKey_Home);
        gui.hands.Yield(3);
        EXPECT_EQ(data.brushed, brushed_at(gui.app.live().shown(), brush, 0));
        EXPECT_FALSE(data.brushed.empty());
        EXPECT_LT(data.brushed.size(), brush.particles.size()) << "resampling has merged them";
        gui.press(ImGuiKey_Escape);
        gui.hands.Yield(2);
        EXPECT_FALSE(gui.app.view().brush);
    });
}

TEST(Ancestry, ThePointIsWalkedThroughThePhasesByOneKey) {
    drive({}, [](Gui& gui) {
        gui.rest_at_the_end();
        gui.press(ImGuiMod_Ctrl | ImGuiKey_LeftArrow);
        gui.hands.Yield(2);
        const int64_t step = shown_step(gui.app.view(), gui.app.live().shown());
        ASSERT_TRUE(gui.app.live().shown().at(step)->numbers.resampled);
        for (const Phase phase : {Phase::Propagate, Phase::Weight, Phase::Resample, Phase::Move}) {
            gui.press(ImGuiKey_Period);
            gui.hands.Yield(2);
            EXPECT_EQ(gui.app.view().phase, phase);
            EXPECT_EQ(gui.app.view().phase_step, step);
            EXPECT_EQ(gui.app.graphics->data.moment.phase, phase) << "the picture shows it";
        }
        gui.press(ImGuiKey_Escape);
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.view().phase, Phase::Whole);
        EXPECT_EQ(gui.app.graphics->data.moment.phase, Phase::Whole);
    });
}

TEST(Ancestry, TheResamplingPanelFollowsThePlayheadAndItsButtonsMoveIt) {
    WindowOptions options = in_layout("Ancestry");
    options.panel = "Resampling";
    drive(options, [](Gui& gui) {
        gui.rest_at_the_end();
        const Recording& recording = gui.app.live().shown();
        const ResamplingView& view = gui.app.graphics->resampling;
        ASSERT_TRUE(view.event);
        EXPECT_EQ(view.step, resampled_state(recording, recording.size() - 1));
        EXPECT_EQ(view.parents.size(), 64U);
        ASSERT_EQ(view.schemes.size(), studied_schemes().size());
        for (const SchemeDraw& scheme : view.schemes) {
            if (scheme.of_run) {
                EXPECT_EQ(scheme.name, "systematic");
                int64_t different = 0;
                for (size_t i = 0; i < scheme.counts.size(); ++i) {
                    different += scheme.counts[i] != view.event->counts[i] ? 1 : 0;
                }
                EXPECT_LE(different, 4) << "the draw of the run itself, but for weights rounded to float32";
            }
        }
        const int64_t before = view.step;
        gui.hands.ItemClick("//Resampling/##previous");
        gui.hands.Yield(2);
        EXPECT_EQ(shown_step(gui.app.view(), recording), resampled_state(recording, recording.size() - 1, -1));
        gui.press(ImGuiKey_Home);
        gui.hands.Yield(2);
        EXPECT_NE(view.step, before);
    });
}

TEST(Ancestry, EveryPanelDrawsEveryMethodAtEveryStep) {
    drive(in_layout("Ancestry"), [](Gui& gui) {
        for (const char* scenario : {"nine_modes_ais", "scene_a_dps", "scene_a_mala", "grid_25_line"}) {
            gui.app.open_file(asset_path(std::string("scenarios/") + scenario + ".json"));
            gui.rest_at_the_end();
            gui.app.view().colour_by = ColourBy::Mode;
            for (int i = 0; i < 3; ++i) {
                gui.app.graphics->tree.shows = static_cast<TreeShows>(i);
                gui.press(ImGuiKey_Home);
                gui.hands.Yield(2);
                gui.press(ImGuiMod_Ctrl | ImGuiKey_RightArrow);
                for (int phase = 0; phase < 6; ++phase) {
                    gui.press(ImGuiKey_Period);
                    gui.hands.Yield(2);
                }
                gui.press(ImGuiKey_End);
                gui.hands.Yield(2);
            }
            EXPECT_EQ(gui.app.live().error(), "") << scenario;
            EXPECT_FALSE(gui.app.graphics->tree.genealogy.empty()) << scenario;
        }
    });
}

}  // namespace
}  // namespace drift
