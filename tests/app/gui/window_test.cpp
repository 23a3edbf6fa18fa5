// What a user does first, on the real program without a display.
#include "gui_harness.h"

#include "app/file_browser.h"
#include "app/panels/status_text.h"
#include "app/paths.h"
#include "app/playback.h"
#include "app/shortcuts.h"
#include "app/window.h"
#include "core/io/npy.h"

#include <gtest/gtest.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace drift {
namespace {

using test::drive;
using test::Gui;

TEST(Window, OpensOnSceneAAlreadyMoving) {
    drive({}, [](Gui& gui) {
        gui.wait_until([&] { return gui.app.live().shown().size() > 1; }, "the first states");
        EXPECT_TRUE(gui.app.view().playing);
        gui.wait_until([&] { return gui.app.view().playhead > 2; }, "a playhead on its way");
        EXPECT_FALSE(gui.app.session().scenario().title.empty());
        EXPECT_EQ(gui.last_toast(), "");
    });
}

TEST(Window, SpacePausesAndArrowsStep) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().playhead = 0;  // a slow machine may have come to the end, where it stops by itself
        gui.app.view().playing = true;
        gui.press(ImGuiKey_Space);
        EXPECT_FALSE(gui.app.view().playing);
        gui.press(ImGuiKey_Home);
        EXPECT_DOUBLE_EQ(gui.app.view().playhead, 0);
        gui.press(ImGuiKey_RightArrow);
        EXPECT_DOUBLE_EQ(gui.app.view().playhead, 1);
        gui.press(ImGuiMod_Shift | ImGuiKey_RightArrow);
        EXPECT_DOUBLE_EQ(gui.app.view().playhead, 11);
        gui.press(ImGuiKey_LeftArrow);
        EXPECT_DOUBLE_EQ(gui.app.view().playhead, 10);
        gui.press(ImGuiKey_End);
        EXPECT_EQ(shown_step(gui.app.view(), gui.app.live().shown()), gui.app.live().shown().size() - 1);
        gui.press(ImGuiKey_Space);
        gui.wait_until([&] { return gui.app.view().playhead > 1 && gui.app.view().playhead < 50; },
                       "playing from the start");
    });
}

TEST(Window, ScrubbingMovesThePlayheadAndPauses) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.hands.SetRef("Time");
        gui.hands.MouseMove("##scrub");
        gui.hands.MouseDown();
        gui.hands.Yield();
        const double middle = gui.app.view().playhead;
        EXPECT_FALSE(gui.app.view().playing);
        EXPECT_NEAR(middle, static_cast<double>(last_step(gui.app.live().shown())) / 2, 2);
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        gui.hands.MouseMoveToPos({mouse.x + 200, mouse.y});
        EXPECT_GT(gui.app.view().playhead, middle);
        gui.hands.MouseMoveToPos({mouse.x - 4000, mouse.y});
        EXPECT_DOUBLE_EQ(gui.app.view().playhead, 0);
        gui.hands.MouseUp();
    });
}

TEST(Window, AnotherMethodIsOneClickAndOneUndoStepAway) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        ASSERT_EQ(gui.app.session().scenario().sampler.type, "tds");
        gui.app.view().playing = false;
        gui.press(ImGuiKey_End);
        const uint64_t before = gui.app.live().recording_id();
        gui.hands.SetRef("Method");
        gui.hands.ItemClick("DPS##dps");
        gui.wait_for_run();
        EXPECT_EQ(gui.app.session().scenario().sampler.type, "dps");
        EXPECT_NE(gui.app.live().recording_id(), before);
        EXPECT_FALSE(gui.app.live().shown().scene()->weighted);
        EXPECT_EQ(shown_step(gui.app.view(), gui.app.live().shown()), gui.app.live().shown().size() - 1)
            << "the playhead stays where it is";
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        gui.wait_for_run();
        EXPECT_EQ(gui.app.session().scenario().sampler.type, "tds");
        EXPECT_TRUE(gui.app.live().shown().scene()->weighted);
    });
}

TEST(Window, TheButtonsOfTheComparedMethodsAreWithinThePanel) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        const ImRect panel = gui.hands.GetWindowByRef("//Method")->InnerRect;
        for (const char* label : {"//Method/DPS##dps", "//Method/TDS##tds"}) {
            const ImGuiTestItemInfo button = gui.hands.ItemInfo(label);
            ASSERT_NE(button.ID, 0U) << label;
            EXPECT_LE(button.RectFull.Max.x, panel.Max.x) << label;
        }
    });
}

TEST(Window, TheListOfMethodsOffersEveryOneOfTheCatalogue) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        for (const Item& item : items(Kind::Sampler)) {
            gui.hands.SetRef("Method");
            gui.hands.ComboClick(("##sampler/" + item.title).c_str());
            if (item.params.contains("sources.on_policy")) {  // a whole training takes its time
                gui.hands.Yield(3);
            } else {
                gui.wait_for_run();
            }
            EXPECT_EQ(gui.app.session().scenario().sampler.type, item.key);
            EXPECT_EQ(gui.app.live().error(), "") << item.key;
            const FramePtr last = gui.app.live().shown().at(gui.app.live().shown().size() - 1);
            EXPECT_TRUE(std::ranges::all_of(last->x, [](float each) { return std::isfinite(each); })) << item.key;
        }
    });
}

TEST(Window, EveryMethodOfTheListRunsInNoiseSpace) {
    WindowOptions options;
    options.scenario = load_scenario(asset_path("scenarios/affine_noise_tds.json"));
    options.scenario->particles = 200;
    drive(options, [](Gui& gui) {
        gui.wait_for_run();
        for (const Item& item : items(Kind::Sampler)) {
            if (!item.params.contains("space") || item.params.contains("sources.on_policy")) {
                continue;  // no choice of a space, or a whole training
            }
            gui.hands.WindowFocus("//Method");
            gui.hands.SetRef("Method");
            gui.hands.ComboClick(("##sampler/" + item.title).c_str());
            gui.wait_for_run();
            if (item.params.at("space").options.size() > 1) {
                gui.app.session().edit("space", [](Scenario& s) { set_value(s, "sampler.space", "noise"); });
                gui.wait_for_run();
            }
            EXPECT_EQ(gui.app.session().scenario().sampler.type, item.key);
            EXPECT_EQ(gui.app.live().error(), "") << item.key;
            const FramePtr last = gui.app.live().shown().at(gui.app.live().shown().size() - 1);
            ASSERT_FALSE(last->latent.empty()) << item.key;
            EXPECT_TRUE(std::ranges::all_of(last->x, [](float each) { return std::isfinite(each); })) << item.key;
        }
    });
}

TEST(Window, ABadFileIsAToastAndChangesNothing) {
    const std::string path = ::testing::TempDir() + "driftscope_broken.json";
    std::ofstream(path) << R"({"format": "driftscope-scenario", "version": 1, "surprise": 3})";
    drive({}, [&](Gui& gui) {
        gui.wait_for_run();
        const std::string title = gui.app.session().scenario().title;
        gui.app.open_file(path);
        gui.hands.Yield(3);
        EXPECT_NE(gui.last_toast().find("surprise"), std::string::npos) << gui.last_toast();
        EXPECT_EQ(gui.app.session().scenario().title, title);
        EXPECT_FALSE(gui.app.live().shown().empty());
    });
    std::filesystem::remove(path);
}

TEST(Window, ADroppedScenarioIsOpenedAndAnythingElseExplained) {
    const std::string scenario = asset_path("scenarios/two_moons.json");
    drive({}, [&](Gui& gui) {
        gui.wait_for_run();
        gui.app.drop_files({"/tmp/picture.png"});
        EXPECT_NE(gui.last_toast().find("picture.png cannot be opened"), std::string::npos) << gui.last_toast();
        EXPECT_NE(gui.last_toast().find(".json"), std::string::npos) << "what is taken";
        gui.app.drop_files({::testing::TempDir()});
        EXPECT_NE(gui.last_toast().find(::testing::TempDir()), std::string::npos) << "a folder is no scenario";
        EXPECT_NE(gui.app.session().path(), scenario);
        gui.app.view().playing = false;
        gui.app.drop_files({"/tmp/picture.png", scenario});
        EXPECT_TRUE(gui.app.view().playing) << "it begins to move";
        gui.wait_for_run();
        EXPECT_EQ(gui.app.session().path(), scenario);
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        gui.hands.Yield(2);
        EXPECT_NE(gui.app.session().path(), scenario) << "what was there before is one step back";
    });
}

TEST(Window, AnArrayIsNamedForWhatItIsAndNothingIsLost) {
    const std::string path = ::testing::TempDir() + "driftscope_samples.npy";
    const std::vector<float> numbers(200, 0.5F);
    std::ofstream(path, std::ios::binary) << npy_bytes({100, 2}, std::span<const float>(numbers));
    drive({}, [&](Gui& gui) {
        gui.wait_for_run();
        gui.app.session().edit("seed", [](Scenario& scenario) { scenario.seed = 77; });
        gui.wait_for_run();
        const std::string before = gui.app.session().path();
        for (const bool dropped : {false, true}) {
            if (dropped) {
                gui.app.drop_files({path});
            } else {
                gui.app.open_file(path);
                EXPECT_NE(gui.last_toast().find("an array of NumPy"), std::string::npos) << gui.last_toast();
            }
            EXPECT_NE(gui.last_toast().find("driftscope_samples.npy"), std::string::npos) << gui.last_toast();
            EXPECT_NE(gui.last_toast().find(".json"), std::string::npos) << "what is taken";
            EXPECT_EQ(gui.last_toast().find('\n'), std::string::npos) << gui.last_toast();
            gui.hands.Yield(3);
            EXPECT_EQ(gui.app.session().scenario().seed, 77U);
            EXPECT_EQ(gui.app.session().path(), before);
            EXPECT_EQ(gui.app.session().undo_name(), "seed");
            EXPECT_FALSE(gui.app.live().shown().empty());
        }
    });
    std::filesystem::remove(path);
}

TEST(Window, FilesAreOpenedWithTheKeyboardAlone) {
    const std::string path = asset_path("scenarios/grid_25_line.json");
    ASSERT_FALSE(path.empty());
    drive({}, [&](Gui& gui) {
        gui.wait_for_run();
        gui.press(ImGuiMod_Ctrl | ImGuiKey_O);
        gui.hands.Yield(3);
        gui.hands.KeyCharsReplaceEnter(path.c_str());
        gui.wait_until([&] { return gui.app.session().path() == path; }, "the file is open");
        gui.wait_for_run();
    });
}

TEST(Window, EveryShippedScenarioOpensFromTheList) {
    drive({}, [](Gui& gui) {
        ASSERT_GE(gui.app.memory().shipped.size(), 1U);
        for (const ScenarioEntry& entry : gui.app.memory().shipped) {
            gui.app.open_file(entry.path);
            gui.hands.Yield(3);
            gui.wait_until([&] { return !gui.app.live().stale(); }, "the first state of " + entry.path);
            EXPECT_EQ(gui.app.live().error(), "") << entry.path;
        }
        EXPECT_EQ(gui.last_toast(), "");
    });
}

TEST(Window, AScenarioThatCannotRunSaysWhyInItsPanels) {
    const std::string path = ::testing::TempDir() + "driftscope_no_picture.json";
    std::ofstream(path) << R"({"format": "driftscope-scenario", "version": 1, "title": "t",
        "prior": {"type": "diffusion", "weights": "no_such.weights"}, "condition": {"type": "none"},
        "schedule": {"type": "edm", "steps": 4}, "sampler": {"type": "reverse_diffusion"}, "particles": 4, "seed": 1})";
    WindowOptions options;
    options.scenario = load_scenario(path);
    drive(options, [](Gui& gui) {
        gui.wait_until([&] { return !gui.app.live().error().empty(); }, "the reason");
        EXPECT_NE(caution_text(gui.app.context()).find("no_such.weights"), std::string::npos)
            << caution_text(gui.app.context());
        gui.hands.Yield(5);  // every panel draws an empty recording
        EXPECT_TRUE(gui.app.live().shown().empty());
        EXPECT_TRUE(gui.app.next_redraw() > 0) << "and nothing keeps the window busy";
    });
    drive({}, [&](Gui& gui) {
        gui.wait_for_run();
        EXPECT_EQ(caution_text(gui.app.context()), "");
        gui.app.open_file(path);
        gui.wait_until([&] { return !gui.app.live().error().empty(); }, "the reason");
        gui.hands.Yield(3);
        EXPECT_FALSE(gui.app.live().shown().empty());
        EXPECT_NE(caution_text(gui.app.context()).find("the run before"), std::string::npos)
            << "the picture is not that of the scenario";
    });
    std::filesystem::remove(path);
}

TEST(Window, PicturesOfItLieBesideTheScenarioAndAreNumbered) {
    const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "driftscope_pictures";
    std::filesystem::create_directories(folder);
    const std::string scenario = (folder / "mine.json").string();
    std::filesystem::copy_file(asset_path("scenarios/two_moons.json"), scenario,
                               std::filesystem::copy_options::overwrite_existing);
    drive({}, [&](Gui& gui) {
        EXPECT_EQ(gui.app.next_picture(), home_folder() + "/scene_a_1.png") << "not into the program's own folder";
        gui.app.open_file(std::filesystem::relative(asset_path("scenarios/two_moons.json")).string());
        EXPECT_EQ(gui.app.next_picture(), home_folder() + "/two_moons_1.png") << "however the path is written";
        gui.app.open_file(scenario);
        EXPECT_EQ(gui.app.next_picture(), (folder / "mine_1.png").string());
        std::ofstream(folder / "mine_1.png") << "taken";
        EXPECT_EQ(gui.app.next_picture(), (folder / "mine_2.png").string());
    });
    std::filesystem::remove_all(folder);
}

TEST(Window, EveryLayoutHoldsEveryPanelOnce) {
    Application application({}, [] {});
    const HelloImGui::RunnerParams params = make_runner_params(application, {}, false);
    std::vector<HelloImGui::DockingParams> layouts = params.alternativeDockingLayouts;
    layouts.push_back(params.dockingParams);
    EXPECT_EQ(layouts.size(), layout_names().size());
    for (const HelloImGui::DockingParams& layout : layouts) {
        std::vector<std::string> held;
        std::set<std::string> spaces{"MainDockSpace"};
        for (const HelloImGui::DockingSplit& split : layout.dockingSplits) {
            spaces.insert(split.newDock);
        }
        for (const HelloImGui::DockableWindow& window : layout.dockableWindows) {
            held.push_back(window.label);
            EXPECT_TRUE(spaces.contains(window.dockSpaceName)) << layout.layoutName << ": " << window.label;
        }
        std::vector<std::string> wanted = Application::panel_names();
        std::sort(held.begin(), held.end());
        std::sort(wanted.begin(), wanted.end());
        EXPECT_EQ(held, wanted) << layout.layoutName;
    }
}

TEST(Window, EveryCommandOfTheTableIsKnown) {
    drive({}, [](Gui& gui) {
        for (const Shortcut& shortcut : shortcuts()) {
            EXPECT_TRUE(gui.app.knows(shortcut.action)) << shortcut.action;
        }
    });
}

TEST(Window, TheKeysAreShownAndHidden) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().speed = 0.1;  // it goes on for longer than this takes
        gui.press(ImGuiKey_Home);
        gui.press(ImGuiKey_F1);
        gui.hands.Yield(2);
        const ImGuiWindow* keys = gui.hands.GetWindowByRef("//Keys###keys_overlay");
        ASSERT_NE(keys, nullptr);
        EXPECT_TRUE(keys->Active);
        EXPECT_LE(keys->Size.y, ImGui::GetIO().DisplaySize.y) << "all of them are seen";
        gui.app.view().playing = true;
        gui.press(ImGuiKey_Escape);
        gui.hands.Yield(2);
        EXPECT_FALSE(keys->Active);
        EXPECT_TRUE(gui.app.view().playing) << "a press does one thing";
        gui.press(ImGuiKey_F1);
        gui.hands.Yield(2);
        EXPECT_TRUE(keys->Active);
        gui.press(ImGuiKey_F1);
        gui.hands.Yield(2);
        EXPECT_FALSE(keys->Active);
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Equal);
        EXPECT_GT(gui.app.view().type_size, 1);
        gui.press(ImGuiMod_Ctrl | ImGuiKey_T);
        EXPECT_TRUE(gui.app.view().light);
    });
}

TEST(Window, ADragIsAnsweredByFewParticlesAndOneStepOfTheHistory) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().playing = false;
        gui.app.answer_within = 1e-5;  // everything is slow
        const size_t undo = gui.app.session().undo_size();
        gui.hands.SetRef("Method");
        const ImGuiTestItemInfo slider = gui.hands.ItemInfo("**/guidance/##value");
        ASSERT_NE(slider.ID, 0U);
        gui.hands.MouseMoveToPos(slider.RectFull.GetCenter());
        gui.hands.MouseDown();
        gui.hands.MouseMoveToPos({slider.RectFull.GetCenter().x + 20, slider.RectFull.GetCenter().y});
        gui.wait_until([&] { return gui.app.live().preview(); }, "the preview");
        EXPECT_LT(gui.app.live().shown().at(0)->count, 1024);
        EXPECT_GT(gui.app.live().shown().at(0)->count, 3);
        const std::vector<float> few = gui.app.live().shown().at(0)->x;
        gui.hands.MouseMoveToPos({slider.RectFull.GetCenter().x + 30, slider.RectFull.GetCenter().y});
        gui.hands.MouseUp();
        gui.wait_for_run();
        EXPECT_FALSE(gui.app.live().preview()) << "the whole run comes back";
        const Frame& start = *gui.app.live().shown().at(0);
        EXPECT_EQ(start.count, 1024);
        EXPECT_TRUE(std::equal(few.begin(), few.end(), start.x.begin())) << "the same particles among more";
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
        EXPECT_EQ(gui.app.session().scenario().particles, 1024);
    });
}

TEST(Window, TheStatusLineSaysThatComputingIsPaused) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        EXPECT_EQ(worker_text(gui.app.context()), "finished");
        gui.app.session().edit("a long run", [](Scenario& s) { set_value(s, "schedule.steps", "5000"); });
        gui.wait_until([&] { return !gui.app.live().stale() && gui.app.live().running(); }, "it is under way");
        EXPECT_EQ(worker_text(gui.app.context()), "sampling");
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Space);
        gui.hands.Yield(3);
        EXPECT_TRUE(gui.app.live().running());
        EXPECT_EQ(worker_text(gui.app.context()), "paused");
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Space);
        gui.hands.Yield(3);
        EXPECT_NE(worker_text(gui.app.context()), "paused");
    });
}

TEST(Window, SaysHowFarTheTrainingOfAPriorIsAndSpaceHoldsIt) {
    WindowOptions options;
    Scenario scenario = load_scenario(asset_path("scenarios/trained_two_moons_cnf.json"));
    set_value(scenario, "prior.weights", "");  // that came with it
    set_value(scenario, "prior.iterations", "1000000");
    options.scenario = scenario;
    drive(options, [](Gui& gui) {
        const auto& live = gui.app.live();
        gui.wait_until([&] { return live.set_up() != nullptr && live.set_up()->done > 0; }, "the training");
        const std::string text = worker_text(gui.app.context());
        EXPECT_EQ(text.find("Training the prior: 0"), 0U) << text;
        EXPECT_TRUE(text.ends_with(" left")) << text;
        EXPECT_EQ(empty_text(gui.app.context()), text + ".");
        gui.press(ImGuiKey_Space);
        gui.hands.Yield(2);
        EXPECT_FALSE(live.computing());
        EXPECT_TRUE(gui.app.view().playing) << "the picture that comes is to play";
        EXPECT_TRUE(worker_text(gui.app.context()).ends_with(", paused"));
        const int64_t rested = live.set_up()->done;
        gui.press(ImGuiKey_Space);
        gui.wait_until([&] { return live.set_up()->done > rested + 100; }, "it to go on");
        gui.press(ImGuiKey_Space);
        gui.app.open_file(asset_path("scenarios/scene_a.json"));
        gui.wait_for_run();
        EXPECT_EQ(live.set_up(), nullptr);
        EXPECT_EQ(worker_text(gui.app.context()), "finished");
    });
}

TEST(Window, NothingIsRedrawnWhenNothingMoves) {
    drive({}, [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().playing = false;
        gui.hands.Yield(5);
        EXPECT_TRUE(std::isinf(gui.app.next_redraw()));
        gui.app.act("time.play");
        EXPECT_FALSE(std::isinf(gui.app.next_redraw()));
    });
}

}  // namespace
}  // namespace drift
